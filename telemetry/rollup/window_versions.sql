-- Versions that each node received by in [since, until), in all and from each caller, as the best evidence that knows any tells;
-- the newest first seen first, one not yet noted is new.
WITH parts AS (
  SELECT toString(node) AS node, toString(source) AS source, toString(version) AS version, p.rank AS rank, requests, failures
  FROM parts_10s AS p FINAL WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND version != '' AND requests != 0
), best AS (SELECT node, min(rank) AS rank FROM parts GROUP BY node)
SELECT p.node AS node, source, p.version AS version, sum(p.requests) AS requests, sum(p.failures) AS failures,
  if(any(f.at) = 0, toDateTime64('2100-01-01 00:00:00', 9, 'UTC'), any(f.at)) AS seen
FROM parts AS p
INNER JOIN best AS b ON b.node = p.node AND b.rank = p.rank
ANY LEFT JOIN (SELECT id, part, min(at) AS at FROM first_seen WHERE what = 'version' GROUP BY id, part) AS f ON f.id = p.node AND f.part = p.version
GROUP BY p.node, source, p.version ORDER BY node, seen DESC, version DESC, source;
