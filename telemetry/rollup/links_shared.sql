-- Each span with its parent, where several spans may share an id (Zipkin): a server's parent is the client span of its own
-- id; of those that have the parent's id, one near in time comes first, then the owner's own `in`, then an `out`.
INSERT INTO fold_links
SELECT * EXCEPT (pair, near, way, wanted, rank, found, pts, fnode, frole, finstance, fproxy), if(rank < 9, found, 0) AS puid, if(rank < 9, fnode, '') AS pnode,
  if(rank < 9, frole, 'local') AS prole, if(rank < 9, finstance, '') AS pinstance, if(rank < 9, fproxy, 0) AS pproxy
FROM (
  SELECT s.*, p.uid AS found, p.ts AS pts, p.node AS fnode, p.role AS frole, p.instance AS finstance, p.proxy AS fproxy,
    abs(dateDiff('second', s.bucket, p.bucket)) <= 10 AS near,
    multiIf(p.uid = 0, 9, way = 2, if(near AND p.role = 'out', 0, 9),
      1 + if(near, 0, 3) + multiIf(p.role = 'in' AND p.node = s.node, 0, p.role = 'out', 1, 2)) AS rank
  FROM (SELECT *, arrayJoin(if(role = 'in', [(1, pk), (2, k)], [(1, pk)])) AS pair, pair.1 AS way, pair.2 AS wanted FROM fold_spans) AS s
  LEFT JOIN fold_spans AS p ON p.k = s.wanted
)
ORDER BY rank, pts, fnode, frole LIMIT 1 BY uid;
