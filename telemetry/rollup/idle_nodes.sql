-- Nodes that received something in [idle, until), and when they last did.
SELECT node, max(n.kind) AS kind, toUnixTimestamp64Nano(max(n.last_request)) AS last_request_ns
FROM nodes_10s AS n FINAL WHERE bucket >= {idle:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND requests != 0
GROUP BY node ORDER BY node;
