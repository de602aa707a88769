-- Series of points in [since, until] that nobody has read, and those of `again`, whose sender was since heard to send another metric
-- that bears on them.
INSERT INTO fold_waiting (series, sender, metric, type, temporality, resource_id, seen, scope, attributes)
SELECT p.series AS series, any(p.sender) AS sender, any(p.metric) AS metric, any(p.type) AS type, any(p.temporality) AS temporality, any(p.resource_id) AS resource_id,
  max(p.bucket) AS seen, any(p.scope) AS scope, any(p.attributes) AS attributes
FROM points AS p
WHERE p.bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND p.late = 0
  AND (p.series NOT IN (SELECT series FROM readings) OR p.sender IN {again:Array(UInt64)})
GROUP BY p.series;
