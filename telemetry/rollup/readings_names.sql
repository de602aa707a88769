-- What a reading teaches besides: who sends metrics of their own, so that names elsewhere may mean them; which two names are one
-- service's; which clusters are a proxy's way to its own application, by what its spans say.
-- let NEW = series IN (SELECT series FROM fold_series) AND why = '' AND NOT beyond
-- let OWNER = if(side = 'client', source, target)
INSERT INTO services (node, version, cluster, namespace, name, gateway, first_seen, last_seen)
SELECT node, version, decodeURLComponent(if(position(node, ':') > 0, substringIndex(node, ':', 1), '')) AS cluster,
  decodeURLComponent(substringIndex(substringIndex(node, ':', -1), '/', 1)) AS namespace, decodeURLComponent(substringIndex(node, '/', -1)) AS name,
  max(is_gateway) AS gateway, min(seen) AS first_seen, max(seen) AS last_seen
FROM (
  SELECT $OWNER AS node, if(side = 'client', source_version, target_version) AS version, side = 'client' AND source_kind = 'gateway' AS is_gateway, seen
  FROM readings WHERE $NEW
)
GROUP BY node, version;
INSERT INTO named_twice
SELECT DISTINCT r.target AS id, meshui_id(if(position(r.target, ':') > 0, substringIndex(r.target, ':', 1), ''), l.ns, l.name) AS node
FROM (SELECT series, target FROM readings WHERE $NEW AND side = 'server' AND NOT by_cluster) AS r
INNER JOIN (
  SELECT f.series AS series, f.labels[d.name_label] AS name, f.labels[d.ns_label] AS ns
  FROM fold_fitting AS f
  INNER JOIN (
    SELECT dialect, anyIf(labels[1].1, field = 'canonical') AS name_label, anyIf(labels[1].1, field = 'canonical_ns') AS ns_label
    FROM dialect_labels WHERE side = 'server' AND field IN ('canonical', 'canonical_ns') GROUP BY dialect
  ) AS d ON d.dialect = f.dialect
) AS l ON l.series = r.series
WHERE l.name NOT IN ('', '-', 'unknown');
