-- When what was said names a node, edge, version or operation for the first time: only what is new, or older than was known.
-- let SEEN = min(ifNull(last_request, toDateTime64(bucket, 9, 'UTC'))) AS ts
-- let HERE = n + flag_n + ifNull(connections, 0) > 0 AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
INSERT INTO first_seen (what, id, part, at)
SELECT what, id, part, min(ts) AS at FROM (
  SELECT 'node' AS what, target AS id, '' AS part, $SEEN FROM fold_resolved WHERE $HERE GROUP BY target
  UNION ALL
  SELECT 'node', source, '', $SEEN FROM fold_resolved WHERE speaks AND $HERE GROUP BY source
  UNION ALL
  SELECT 'edge', concat(source, '→', target), '', $SEEN FROM fold_resolved WHERE speaks AND $HERE GROUP BY source, target
  UNION ALL
  SELECT 'version', target, toString(version), $SEEN FROM fold_resolved WHERE received AND version != '' AND $HERE GROUP BY target, version
  UNION ALL
  SELECT 'operation', target, toString(operation), $SEEN FROM fold_resolved WHERE side = 'server' AND operation != '' AND $HERE GROUP BY target, operation
) AS n
LEFT JOIN (SELECT what, id, part, min(at) AS known FROM first_seen GROUP BY what, id, part) AS k USING (what, id, part)
GROUP BY what, id, part
HAVING at < min(k.known) OR toUnixTimestamp64Nano(min(k.known)) = 0;
