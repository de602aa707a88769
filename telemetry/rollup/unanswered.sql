-- Each topmost `out` span that no `in` span climbs to: to a store, queue or other service by the innermost name its
-- `out` spans have. One that is no known service is drawn once its bucket is settled: the answer may be on its way.
INSERT INTO fold_heard
WITH heard AS (
  SELECT topmost FROM fold_heard WHERE topmost != 0 AND abs(dateDiff('second', bucket, top_bucket)) <= 10
  UNION ALL
  SELECT o.topmost FROM fold_outs AS o JOIN (SELECT arrayJoin(outs) AS uid, bucket FROM fold_ins WHERE notEmpty(outs)) AS i ON i.uid = o.uid
  WHERE abs(dateDiff('second', i.bucket, o.top_bucket)) <= 10
  UNION ALL
  SELECT uid FROM fold_far WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
), below AS (
  SELECT topmost, arrayFirst(s -> s.4 != 0 OR s.5 > 0 OR s.6 != '', outs) AS said, arrayStringConcat(tupleElement(outs, 6), ',') AS flags,
    tupleElement(arrayFirst(s -> s.7 != 0, outs), 7) - 1 AS arrived, tupleElement(arrayFirst(s -> s.9 != '', outs), 9) AS protocol,
    multiIf(has(tupleElement(outs, 8), 'mutual'), 'mutual', has(tupleElement(outs, 8), 'plain'), 'plain', 'unknown') AS tls,
    -- Innermost: the deepest; of several the latest.
    arrayFirst(s -> s.10 != '' AND s.12 != 'none', arraySort(s -> (-toInt16(s.1), s.2, s.3), outs)) AS named
  FROM (
    SELECT topmost, arraySort(groupArray((depth, -toUnixTimestamp64Nano(ts), -toInt128(span_id),
      code, grpc + 1, flags, arrived + 1, toString(tls), toString(protocol), toString(peer), toString(peer_ns), toString(peer_kind)))) AS outs
    FROM fold_outs WHERE uid != topmost AND abs(dateDiff('second', bucket, top_bucket)) <= 10 GROUP BY topmost
  )
), only AS (SELECT name, any(node) AS node FROM fold_known GROUP BY name HAVING count() = 1)
SELECT uid, bucket, ts, trace_id, span_id, source, if(known, service, home) AS target, '' AS source_kind, multiIf(known, '', store, peer_kind, 'external') AS target_kind,
  protocol, weight, tls, '' AS version, '' AS instance, '' AS operation, uid AS topmost, bucket AS top_bucket,
  store OR known OR bucket <= {settled:DateTime('UTC')} AS edge,
  edge AND NOT (known AND hasAny(splitByChar(',', said_flags), ['RL', 'UAEX', 'FI', 'IH', 'NR'])) AS node, 0 AS answered, arrived != 0 AS reached,
  1 AS caller_speaks, said_code AS caller_code, said_grpc AS caller_grpc, said_flags AS caller_flags, top_status AS caller_status, top_duration AS caller_duration,
  0 AS code, -1 AS grpc, '' AS flags, 0 AS status, 0 AS staying_code, -1 AS staying_grpc, if(known, toUInt64(-1), top_duration) AS duration
FROM (
  SELECT s.*, multiIf(store, '', near IN (SELECT node FROM fold_known), near, dotted IN (SELECT node FROM fold_known), dotted, peer_ns != '' AND home IN (SELECT node FROM fold_known), home, peer_ns = '', toString(n.node), '') AS service, service != '' AS known
  FROM (
    SELECT t.uid AS uid, t.bucket AS bucket, t.ts AS ts, t.trace_id AS trace_id, t.span_id AS span_id, toString(t.node) AS source, t.top_weight AS weight,
      t.top_status AS top_status, t.top_duration AS top_duration,
      t.code != 0 OR t.grpc >= 0 OR t.flags != '' AS says, if(says, t.code, b.said.4) AS said_code, if(says, t.grpc, b.said.5 - 1) AS said_grpc,
      meshui_flags(t.flags, b.flags) AS said_flags, if(t.arrived != -1 OR b.topmost = 0, toInt16(t.arrived), toInt16(b.arrived)) AS arrived,
      if(t.protocol != '', toString(t.protocol), b.protocol) AS protocol,
      multiIf(t.tls = 'mutual' OR b.tls = 'mutual', 'mutual', t.tls = 'plain' OR b.tls = 'plain', 'plain', 'unknown') AS tls,
      if(b.named.10 != '', b.named.10, toString(t.peer)) AS peer, if(b.named.10 != '', b.named.11, toString(t.peer_ns)) AS peer_ns,
      if(b.named.10 != '', b.named.12, toString(t.peer_kind)) AS peer_kind, peer_kind IN ('database', 'cache', 'queue') AS store,
      meshui_part(peer) AS part, if(peer_ns = '', '', concat(meshui_part(peer_ns), '/')) AS space,
      concat(substring(source, 1, position(source, if(peer_ns = '', '/', ':'))), space, part) AS near,
      -- <service>.<namespace>, if that is known, and else the name of a host.
      if(peer_ns = '' AND countSubstrings(peer, '.') = 1, concat(substring(source, 1, position(source, ':')), meshui_part(substringIndex(peer, '.', -1)), '/', meshui_part(substringIndex(peer, '.', 1))), '') AS dotted,
      concat(if(space = '', '-/', space), part) AS home
    FROM (SELECT * FROM fold_outs WHERE uid = topmost AND NOT part AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND uid NOT IN heard) AS t
    ANY LEFT JOIN below AS b ON b.topmost = t.uid
    WHERE peer != '' AND peer_kind != 'none' AND NOT (peer IN ('localhost', '127.0.0.1', '::1') AND NOT store)
  ) AS s
  ANY LEFT JOIN only AS n ON n.name = s.part
)
SETTINGS query_plan_join_swap_table = 'false', optimize_and_compare_chain = 0, query_plan_enable_optimizations = 0;
