-- The other `in` spans, by climbing: through spans of the same owner to the topmost that entered it, then over relays. A climb
-- that does not end within 64 steps (a cycle) is no call.
-- let ENTERS = (puid = 0 OR (prole != 'relay' AND (pnode != node OR (prole = 'out' AND instance != '' AND pinstance != '' AND instance != pinstance))))
-- let STAYS = (own AND puid != 0 AND pnode = node AND NOT (prole = 'out' AND entry_instance != '' AND pinstance != '' AND entry_instance != pinstance))
-- let NEXT = if(stays OR (puid != 0 AND prole = 'relay'), puid, 0) AS next
-- let LINK = puid AS link, prole AS link_role, pnode AS link_node, puid = 0 AND pk != 0 AS lost
INSERT INTO fold_ins
WITH RECURSIVE climb AS (
  SELECT uid AS start, node, uid AS entry, bucket AS entry_bucket, role AS entry_role, instance AS entry_instance, toUInt8(0) AS depth, CAST([], 'Array(UInt64)') AS outs,
    toUInt8(0) AS step, toUInt8(1) AS own, toUInt8($STAYS) AS stays, $NEXT, $LINK
  FROM fold_links WHERE role = 'in' AND NOT $ENTERS
  UNION ALL
  SELECT start, node, entry, entry_bucket, entry_role, entry_instance, toUInt8(depth), outs, toUInt8(step), own, toUInt8($STAYS) AS stays, $NEXT, $LINK
  FROM (
    SELECT s.start AS start, s.node AS node, s.step + 1 AS step, s.stays AS own, s.stays AND c.role IN ('in', 'process', 'receive') AS enters,
      if(enters, c.uid, s.entry) AS entry, if(enters, c.bucket, s.entry_bucket) AS entry_bucket, if(enters, c.role, s.entry_role) AS entry_role,
      if(enters, c.instance, s.entry_instance) AS entry_instance, if(enters, s.step + 1, s.depth) AS depth,
      if(s.stays AND c.role = 'out', arrayPushBack(s.outs, c.uid), s.outs) AS outs,
      c.puid AS puid, c.prole AS prole, c.pnode AS pnode, c.pinstance AS pinstance, c.pk AS pk
    FROM fold_links AS c JOIN climb AS s ON c.uid = s.next WHERE s.next != 0 AND s.step < 64
  )
)
SELECT uid, bucket, ts, duration, trace_id, span_id, l.node, version, instance, proxy, operation,
  status, code, grpc, flags, arrived, tls, protocol, peer, peer_ns, peer_kind, weight,
  entry, entry_bucket, entry_role, depth, outs, link, link_role, link_node, lost
FROM fold_links AS l JOIN (SELECT * FROM climb WHERE next = 0) AS e ON e.start = l.uid
SETTINGS query_plan_join_swap_table = 'false';
