-- What a node received in each step of [since, until): only steps with requests. Reads nodes_10s by its first key.
SELECT intDiv(toUnixTimestamp(bucket), {step:UInt32}) * {step:UInt32} AS at, sum(n.requests) AS requests, sum(n.failures) AS failures,
  sum(n.cancelled) AS cancelled, sum(n.client_errors) AS client_errors, sum(n.denied) AS denied,
  sumMap(n.codes) AS codes, sumMap(n.flags) AS flags, sumMap(n.latency) AS latency
FROM nodes_10s AS n FINAL
WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND node = {node:String}
GROUP BY at HAVING requests != 0 ORDER BY at;
