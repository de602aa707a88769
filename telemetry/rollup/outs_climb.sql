-- The other `out` spans, by climbing: consecutive `out` spans of one owner are one call, also with relays or the owner's `local`
-- spans in between. What is said higher up wins. A cycle ends after 64 steps.
-- let GOES_ON = (puid != 0 AND (prole = 'relay' OR (pnode = node AND prole IN ('out', 'local'))))
-- let STATE = if($GOES_ON, puid, 0) AS next, toUInt8(puid != 0 AND pnode = node AND prole IN ('send', 'receive')) AS part
INSERT INTO fold_outs
WITH RECURSIVE climb AS (
  SELECT uid AS start, node, toUInt8(0) AS step, $STATE, code, grpc, flags, arrived, tls, protocol, toUInt8(0) AS depth,
    uid AS topmost, bucket AS top_bucket, ts AS top_ts, duration AS top_duration, status AS top_status, weight AS top_weight
  FROM fold_links WHERE role = 'out' AND $GOES_ON
  UNION ALL
  SELECT start, node, step, $STATE, code, grpc, flags, arrived, tls, protocol, depth, topmost, top_bucket, top_ts, top_duration, top_status, top_weight
  FROM (
    SELECT s.start AS start, s.node AS node, toUInt8(s.step + 1) AS step, c.puid AS puid, c.pnode AS pnode, c.prole AS prole,
      c.role = 'out' AND c.node = s.node AS higher, higher AND (c.code != 0 OR c.grpc >= 0 OR c.flags != '') AS says,
      if(says, c.code, s.code) AS code, if(says, c.grpc, s.grpc) AS grpc, if(higher, meshui_flags(c.flags, s.flags), s.flags) AS flags,
      if(higher AND c.arrived != -1, c.arrived, s.arrived) AS arrived,
      if(higher AND c.tls != 'unknown' AND s.tls != 'mutual', c.tls, s.tls) AS tls,
      if(higher AND c.protocol != '', c.protocol, s.protocol) AS protocol, toUInt8(s.depth + higher) AS depth,
      if(higher, c.uid, s.topmost) AS topmost, if(higher, c.bucket, s.top_bucket) AS top_bucket, if(higher, c.ts, s.top_ts) AS top_ts,
      if(higher, c.duration, s.top_duration) AS top_duration, if(higher, c.status, s.top_status) AS top_status,
      if(higher, c.weight, s.top_weight) AS top_weight
    FROM fold_links AS c JOIN climb AS s ON c.uid = s.next WHERE s.next != 0 AND s.step < 64
  )
), ended AS (SELECT * FROM climb ORDER BY step DESC LIMIT 1 BY start)
SELECT l.uid, l.bucket, l.ts, l.span_id, l.trace_id, l.node, l.peer, l.peer_ns, l.peer_kind, e.code, e.grpc, e.flags, e.arrived, e.tls, e.protocol,
  e.topmost, e.depth, e.part, e.top_bucket, e.top_ts, e.top_duration, e.top_status, e.top_weight
FROM fold_links AS l JOIN ended AS e ON e.start = l.uid
SETTINGS query_plan_join_swap_table = 'false';
