-- What each operation of a service received; zero rows as for edges.
INSERT INTO operations_10s (bucket, node, operation, generation, requests, failures, latency)
WITH cells AS (
  SELECT bucket, target AS node, operation, callee_class = 'error' OR (edge_class = 'error' AND uid NOT IN (SELECT uid FROM fold_retried)) AS failed,
    node_bin AS bin, sum(weight) AS n
  FROM fold_calls AS c WHERE c.node AND answered AND operation != '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  GROUP BY bucket, target, operation, failed, bin
), parts AS (
  SELECT bucket, node, operation, n, if(failed, n, 0) AS failures, if(bin != -32767, map(bin, n), map()) AS latency FROM cells
  UNION ALL
  SELECT bucket, node, operation, 0., 0., map()
  FROM operations_10s FINAL WHERE dialect = '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND requests != 0
)
SELECT bucket, node, operation, {generation:UInt64} AS generation, sum(n) AS requests, sum(p.failures) AS failures,
  mapApply((k, v) -> (k, toUInt64(round(v))), sumMap(p.latency)) AS latency
FROM parts AS p GROUP BY bucket, node, operation;
