-- What Envoys said in their access logs lately, one row a node: of its newest records, 200,000 at most, by (bucket). Those of Istio,
-- which are in its metrics, are left out.
SELECT node, countIf(version != '') > 0 AS versioned, countIf(instance != '') > 0 AS instanced,
  countIf(role IN ('in', 'out') AND arrived != 0) AS connected, countIf(tls != 'unknown') AS secured,
  countIf(code = 403) AS refused, countIf(code = 403 AND details != '') AS explained
FROM (
  SELECT node, version, instance, role, tls, arrived, code, details
  FROM access
  WHERE bucket >= {since:DateTime('UTC')} AND node NOT IN (SELECT arrayJoin([source, target]) FROM readings WHERE dialect = 'istio')
  ORDER BY bucket DESC
  LIMIT 200000
)
GROUP BY node;
