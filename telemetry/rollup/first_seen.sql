-- When each node, edge, version and operation was first seen: only what is new, or older than was known.
INSERT INTO first_seen (what, id, part, at)
SELECT what, id, part, min(ts) AS at FROM (
  SELECT 'node' AS what, toString(target) AS id, '' AS part, min(c.ts) AS ts FROM fold_calls AS c WHERE c.node AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} GROUP BY target
  UNION ALL
  SELECT 'node', toString(source), '', min(c.ts) FROM fold_calls AS c WHERE edge AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} GROUP BY source
  UNION ALL
  SELECT 'edge', concat(source, '→', target), '', min(c.ts) FROM fold_calls AS c WHERE edge AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} GROUP BY source, target
  UNION ALL
  SELECT 'version', toString(target), toString(version), min(c.ts) FROM fold_calls AS c WHERE c.node AND version != '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} GROUP BY target, version
  UNION ALL
  SELECT 'operation', toString(target), toString(operation), min(c.ts) FROM fold_calls AS c WHERE c.node AND operation != '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} GROUP BY target, operation
) AS n
LEFT JOIN (SELECT what, id, part, min(at) AS known FROM first_seen GROUP BY what, id, part) AS k USING (what, id, part)
GROUP BY what, id, part
HAVING at < min(k.known) OR toUnixTimestamp64Nano(min(k.known)) = 0;
