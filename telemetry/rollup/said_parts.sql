-- What each version and instance of a service received from each caller, by what was said; zero rows as for edges.
-- let KEY = bucket, node, source, version, instance, dialect
INSERT INTO parts_10s ($KEY, generation, rank, requests, failures, latency)
SELECT $KEY, {generation:UInt64} AS generation, max(r.rank) AS rank, sum(n) AS requests, sumIf(n, class = 'error') AS failures, sumMap(r.latency) AS latency
FROM (
  SELECT bucket, target AS node, source, version, instance, dialect, rank, class, if(received = 2, greatest(n, flag_n), n) AS n, if(received = 2, map(), latency) AS latency
  FROM fold_resolved WHERE received AND NOT tcp AND (n > 0 OR flag_n > 0) AND target_kind IN ('service', 'gateway') AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  UNION ALL
  SELECT $KEY, rank, 'ok', 0., map()
  FROM parts_10s FINAL WHERE dialect != '' AND (dialect = 'logs') = {logs:Bool} AND requests != 0 AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
) AS r
GROUP BY $KEY;
