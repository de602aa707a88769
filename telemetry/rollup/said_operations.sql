-- What each operation of a service received, by what was said; zero rows as for edges.
-- let KEY = bucket, node, operation, dialect
INSERT INTO operations_10s ($KEY, generation, rank, requests, failures, latency)
SELECT $KEY, {generation:UInt64} AS generation, max(r.rank) AS rank, sum(n) AS requests, sumIf(n, class = 'error') AS failures, sumMap(r.latency) AS latency
FROM (
  SELECT bucket, target AS node, operation, dialect, rank, class, n, latency
  FROM fold_resolved WHERE side = 'server' AND operation != '' AND n > 0 AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  UNION ALL
  SELECT $KEY, rank, 'ok', 0., map()
  FROM operations_10s FINAL WHERE dialect != '' AND (dialect = 'logs') = {logs:Bool} AND requests != 0 AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
) AS r
GROUP BY $KEY;
