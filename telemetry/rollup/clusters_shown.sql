-- What clusters of proxies show of themselves in the points of [since, until], where it was not known: by counters that have moved, and
-- by access logs of the same owner that went through them to its own application. (Spans would tell such a cluster by its name only.)
-- let MOVED = r.measure IN ('http', 'http1', 'requests', 'classes', 'completed', 'internal', 'external')
INSERT INTO clusters_shown (sender, cluster, http, http1, internal, external, inward)
WITH open AS (
  SELECT r.series AS series, r.sender AS sender, r.cluster AS cluster, toString(r.measure) AS measure
  FROM readings AS r FINAL LEFT JOIN (SELECT * FROM clusters_shown FINAL) AS c ON c.sender = r.sender AND c.cluster = r.cluster
  WHERE r.by_cluster AND r.why = '' AND $MOVED
    AND multiIf(r.measure = 'http1', NOT c.http1, r.measure = 'internal', NOT c.internal, r.measure = 'external', NOT c.external, NOT c.http)
)
SELECT o.sender AS sender, o.cluster AS cluster, max(o.measure NOT IN ('internal', 'external')) AS http, max(o.measure = 'http1') AS http1,
  max(o.measure = 'internal') AS internal, max(o.measure = 'external') AS external, 0 AS inward
FROM points AS p INNER JOIN open AS o ON o.series = p.series
WHERE p.bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND p.value > 0
  AND p.metric IN (SELECT metric FROM readings AS r WHERE r.by_cluster AND r.why = '' AND $MOVED)
  AND p.series IN (SELECT series FROM open)
GROUP BY o.sender, o.cluster;

INSERT INTO clusters_shown (sender, cluster, http, http1, internal, external, inward)
SELECT sender, cluster, 0 AS http, 0 AS http1, 0 AS internal, 0 AS external, 1 AS inward
FROM readings AS r FINAL
WHERE r.by_cluster AND r.side = 'client' AND r.why = '' AND (r.source, r.cluster) IN (
    SELECT toString(node), toString(cluster) FROM access
    WHERE bucket BETWEEN {since:DateTime('UTC')} - 60 AND {until:DateTime('UTC')} AND role = 'in' AND NOT gateway AND cluster != ''
  )
  -- What a gateway lets in goes to others.
  AND r.source NOT IN (SELECT s.node FROM services AS s WHERE s.gateway)
  AND substringIndex(meshui_cluster_host(toString(r.cluster)), '.', 1) NOT IN (SELECT toString(s.name) FROM services AS s)
GROUP BY sender, cluster;
