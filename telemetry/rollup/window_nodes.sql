-- Nodes that received something in [since, until), and those idle there that did so since {idle}.
SELECT node, max(n.kind) AS kind, sumIf(n.requests, inside) AS requests, sumIf(n.failures, inside) AS failures, sumIf(n.cancelled, inside) AS cancelled,
  sumIf(n.client_errors, inside) AS client_errors, sumIf(n.denied, inside) AS denied,
  sumMapIf(n.codes, inside) AS codes, sumMapIf(n.flags, inside) AS flags, sumMapIf(n.latency, inside) AS latency,
  toUnixTimestamp64Nano(max(n.last_request)) AS last_request_ns,
  arrayMap(t -> lower(hex(t)), arraySlice(arrayDistinct(arrayFlatten(arrayReverseSort(x -> x.1, groupArrayIf((bucket, n.failing_traces), inside)).2)), 1, 5)) AS failing_traces
FROM (SELECT *, bucket >= {since:DateTime('UTC')} AS inside FROM nodes_10s FINAL
  WHERE bucket >= {idle:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND nodes_10s.requests != 0) AS n
GROUP BY node ORDER BY node;
