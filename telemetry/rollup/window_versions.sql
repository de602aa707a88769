-- Versions of each node that received something in [since, until), the newest first seen first; one not yet noted is new.
SELECT node, groupArray(version) AS versions FROM (
  SELECT p.node AS node, p.version AS version, if(min(f.at) = 0, toDateTime64('2100-01-01 00:00:00', 9, 'UTC'), min(f.at)) AS seen
  FROM (SELECT DISTINCT toString(node) AS node, toString(version) AS version FROM parts_10s FINAL
    WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND version != '' AND requests != 0) AS p
  LEFT JOIN (SELECT id, part, at FROM first_seen WHERE what = 'version') AS f ON f.id = p.node AND f.part = p.version
  GROUP BY p.node, p.version ORDER BY node, seen DESC, version DESC
) GROUP BY node;
