-- Each span that entered its owner from outside: who called, what the caller and the called say.
-- What the topmost `in` span does not say, the owner's other `in` spans below it do (its app's below its proxy's).
INSERT INTO fold_heard
WITH inner AS (
  SELECT entry,
    arrayFirst(s -> s.4 != 0 OR s.5 > 0 OR s.6 != '', below) AS said,
    arrayFirst(s -> s.4 != 0 OR s.5 > 0 OR meshui_staying(s.6) != '', below) AS said_staying,
    arrayStringConcat(tupleElement(below, 6), ',') AS flags,
    tupleElement(arrayFirst(s -> s.7 != '', below), 7) AS protocol, tupleElement(arrayFirst(s -> NOT s.8, below), 9) AS operation,
    tupleElement(arrayFirst(s -> s.10 != '', below), 10) AS version, tupleElement(arrayFirst(s -> s.11 != '', below), 11) AS instance,
    has(tupleElement(below, 12), 2) AS failed,
    multiIf(has(tupleElement(below, 13), 'mutual'), 'mutual', has(tupleElement(below, 13), 'plain'), 'plain', 'unknown') AS tls
  FROM (
    SELECT entry, arraySort(groupArray((depth, -toUnixTimestamp64Nano(ts), -toInt128(span_id),
      code, grpc + 1, flags, toString(protocol), proxy, toString(operation), toString(version), toString(instance), status, toString(tls)))) AS below
    FROM fold_ins WHERE entry != uid AND entry_role = 'in' AND empty(outs) AND abs(dateDiff('second', bucket, entry_bucket)) <= 10
    GROUP BY entry
  )
)
SELECT uid, bucket, ts, trace_id, span_id, source, target, '' AS source_kind, '' AS target_kind, protocol, weight, tls, version, instance, operation, topmost, top_bucket,
  source != '' AND NOT (source = '-/unknown' AND lost AND bucket > {settled:DateTime('UTC')}) AS edge, 1 AS node, 1 AS answered, 1 AS reached,
  caller_speaks, caller_code, caller_grpc, caller_flags, caller_status, if(topmost = 0, toUInt64(-1), top_duration) AS caller_duration,
  if(own_says, own_code, said.4) AS code, if(own_says, own_grpc, said.5 - 1) AS grpc, flags, status,
  if(own_stays, own_code, said_staying.4) AS staying_code, if(own_stays, own_grpc, said_staying.5 - 1) AS staying_grpc, duration
FROM (
  SELECT r.uid AS uid, r.bucket AS bucket, r.ts AS ts, r.duration AS duration, r.trace_id AS trace_id, r.span_id AS span_id, r.weight AS weight, r.node AS target, r.lost AS lost,
    if(r.peer_kind = 'service' AND r.peer_ns != '', concat(substring(r.node, 1, position(r.node, ':')), meshui_part(r.peer_ns), '/', meshui_part(r.peer)), '') AS named,
    multiIf(r.link != 0, toString(r.link_node), named IN (SELECT node FROM fold_known), named,
      NOT r.lost AND r.node IN (SELECT node FROM fold_known WHERE gateway), '', '-/unknown') AS source,
    r.code AS own_code, r.grpc AS own_grpc, r.code != 0 OR r.grpc >= 0 OR r.flags != '' AS own_says, r.code != 0 OR r.grpc >= 0 OR meshui_staying(r.flags) != '' AS own_stays,
    meshui_flags(r.flags, c.flags) AS flags, if(c.failed, 2, r.status) AS status, c.said AS said, c.said_staying AS said_staying,
    q.code AS caller_code, q.grpc AS caller_grpc, q.flags AS caller_flags, q.top_status AS caller_status, q.top_duration AS top_duration, q.topmost AS topmost, q.top_bucket AS top_bucket,
    q.topmost != 0 AND (q.code != 0 OR q.grpc >= 0 OR q.flags != '' OR q.top_status != 0) AS caller_speaks,
    multiIf(q.tls = 'mutual' OR r.tls = 'mutual' OR c.tls = 'mutual', 'mutual', q.tls = 'plain' OR r.tls = 'plain' OR c.tls = 'plain', 'plain', 'unknown') AS tls,
    multiIf(r.protocol != '', toString(r.protocol), c.protocol != '', c.protocol, toString(q.protocol)) AS protocol,
    if(r.proxy AND c.operation != '', c.operation, toString(r.operation)) AS operation,
    if(r.version != '', toString(r.version), c.version) AS version, if(r.instance != '', toString(r.instance), c.instance) AS instance
  FROM (SELECT * FROM fold_ins WHERE entry = uid) AS r
  ANY LEFT JOIN fold_outs AS q ON q.uid = r.link
  ANY LEFT JOIN inner AS c ON c.entry = r.uid
)
SETTINGS query_plan_join_swap_table = 'false', optimize_and_compare_chain = 0, query_plan_enable_optimizations = 0;
