-- A call for each span that entered its owner from outside: who called, how it ended for the caller and for the called.
-- What the topmost `in` span does not say, the owner's other `in` spans below it do (its app's below its proxy's).
INSERT INTO fold_calls
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
-- In steps, since a step's columns are computed once: functions are pasted into each other otherwise.
SELECT uid, bucket, ts, trace_id, span_id, source, target, protocol,
  multiIf(source = '-/unknown', 'unknown', source IN (SELECT node FROM fold_known WHERE gateway), 'gateway', 'service') AS source_kind,
  multiIf(target = '-/unknown', 'unknown', gateway, 'gateway', 'service') AS target_kind, weight,
  source != '' AND NOT (source = '-/unknown' AND lost AND bucket > {settled:DateTime('UTC')}) AS edge,
  if(caller_says, meshui_class(q_code, q_grpc, edge_flags, q_status, 0), callee_class) AS edge_class,
  if(caller_says, meshui_label(q_code, q_grpc), node_code) AS edge_code, edge_flags, if(top = 0, toInt16(-32767), meshui_bin(q_duration)) AS edge_bin,
  1 AS node, 1 AS answered, callee_class, node_code, node_flags, meshui_bin(duration) AS node_bin, tls, 1 AS reached, version, instance, operation, top, top_bucket
FROM (
  SELECT *, toLowCardinality(meshui_flags(q_flags, node_flags)) AS edge_flags, meshui_class(code, grpc, node_flags, status, 1) AS callee_class,
    meshui_label(code, grpc) AS node_code
  FROM (
    SELECT * EXCEPT (code, grpc), if(stays, flags_staying, all_flags) AS node_flags,
      multiIf(s.code != 0 OR s.grpc >= 0 OR if(stays, own_staying, own_flags) != '', s.code, stays, said_staying.4, said.4) AS code,
      multiIf(s.code != 0 OR s.grpc >= 0 OR if(stays, own_staying, own_flags) != '', s.grpc, stays, said_staying.5 - 1, said.5 - 1) AS grpc
    FROM (
      SELECT *, caller_says AND meshui_class(q_code, q_grpc, q_flags, q_status, 0) != 'cancelled' AS stays, if(named IN (SELECT node FROM fold_known), named, '') AS caller,
        multiIf(link != 0, toString(link_node), caller != '', caller, NOT lost AND gateway, '', '-/unknown') AS source,
        toLowCardinality(meshui_staying(all_flags)) AS flags_staying, toLowCardinality(meshui_staying(own_flags)) AS own_staying
      FROM (
        SELECT r.uid AS uid, r.bucket AS bucket, r.ts AS ts, r.duration AS duration, r.trace_id AS trace_id, r.span_id AS span_id, r.weight AS weight,
          r.node AS target, r.node IN (SELECT node FROM fold_known WHERE gateway) AS gateway, r.lost AS lost, r.link AS link, r.link_node AS link_node,
          if(r.peer_kind = 'service' AND r.peer_ns != '', concat(substring(r.node, 1, position(r.node, ':')), meshui_id('', r.peer_ns, r.peer)), '') AS named,
          r.code AS code, r.grpc AS grpc, toLowCardinality(r.flags) AS own_flags, toLowCardinality(meshui_flags(r.flags, c.flags)) AS all_flags,
          if(c.failed, 2, r.status) AS status, c.said AS said, c.said_staying AS said_staying,
          q.code AS q_code, q.grpc AS q_grpc, toLowCardinality(q.flags) AS q_flags, q.top_status AS q_status, q.top_duration AS q_duration, q.topmost AS top, q.top_bucket AS top_bucket,
          q.topmost != 0 AND (q.code != 0 OR q.grpc >= 0 OR q.flags != '' OR q.top_status != 0) AS caller_says,
          multiIf(q.tls = 'mutual' OR r.tls = 'mutual' OR c.tls = 'mutual', 'mutual', q.tls = 'plain' OR r.tls = 'plain' OR c.tls = 'plain', 'plain', 'unknown') AS tls,
          multiIf(r.protocol != '', toString(r.protocol), c.protocol != '', c.protocol, toString(q.protocol)) AS protocol,
          if(r.proxy AND c.operation != '', c.operation, toString(r.operation)) AS operation,
          if(r.version != '', toString(r.version), c.version) AS version, if(r.instance != '', toString(r.instance), c.instance) AS instance
        FROM (SELECT * FROM fold_ins WHERE entry = uid) AS r
        ANY LEFT JOIN fold_outs AS q ON q.uid = r.link
        ANY LEFT JOIN inner AS c ON c.entry = r.uid
      )
    ) AS s
  )
)
SETTINGS query_plan_join_swap_table = 'false';
