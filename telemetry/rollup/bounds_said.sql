-- Operations and hosts outside that were said of [since, until] and that nobody had met.
INSERT INTO fold_met
SELECT what, id, part, min(ts) AS at FROM (
  SELECT 'operation' AS what, target AS id, toString(operation) AS part, ifNull(last_request, toDateTime64(bucket, 9, 'UTC')) AS ts FROM fold_resolved
  WHERE side = 'server' AND operation != '' AND n > 0 AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  UNION ALL
  SELECT 'host', source, target, ifNull(last_request, toDateTime64(bucket, 9, 'UTC')) FROM fold_resolved
  WHERE speaks AND side = 'client' AND target_kind IN ('external', 'database', 'cache') AND target != '-/other' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
)
WHERE (what, id, part) NOT IN (SELECT toString(f.what), f.id, f.part FROM first_seen AS f WHERE f.what IN ('operation', 'host'))
GROUP BY what, id, part;
