-- Roles that only the parent can tell: `out` below an `out` span of the same owner; else, of a client span, that of the
-- nearest proxy span of its owner above it; else by kind. Rewrites fold_links into fold_swap, as parents too.
INSERT INTO fold_swap
WITH RECURSIVE climb AS (
  SELECT uid AS start, node, kind, puid AS next, prole AS above, pproxy AS by_proxy, pnode = node AND puid != 0 AS own, 0 AS step
  FROM fold_links WHERE role = 'auto'
  UNION ALL
  SELECT s.start, s.node, s.kind, c.puid, c.prole, c.pproxy, c.pnode = s.node AND c.puid != 0, s.step + 1
  FROM fold_links AS c JOIN climb AS s ON c.uid = s.next WHERE s.own AND s.above = 'auto' AND s.step < 64
), settled AS (
  SELECT start, CAST(multiIf(own AND above = 'out', 'out', own AND by_proxy AND above != 'auto' AND kind NOT IN (2, 5), above,
      kind IN (3, 4), 'out', kind IN (2, 5), 'in', 'local'), 'String') AS role
  FROM climb ORDER BY step DESC LIMIT 1 BY start
)
SELECT l.* REPLACE (if(a.start != 0, a.role, toString(l.role)) AS role, if(b.start != 0, b.role, toString(l.prole)) AS prole)
FROM fold_links AS l
ANY LEFT JOIN settled AS a ON a.start = l.uid
ANY LEFT JOIN settled AS b ON b.start = l.puid
SETTINGS query_plan_join_swap_table = 'false';
EXCHANGE TABLES fold_links AND fold_swap;
TRUNCATE TABLE fold_swap;
