-- Messages: a send goes from its owner to the queue, a process from the queue to its owner, whatever joins the two; a receive
-- only where that owner shows no process span of that queue nearby.
INSERT INTO fold_heard
SELECT uid, bucket, ts, trace_id, span_id, if(sends, owner, queue) AS source, if(sends, queue, owner) AS target,
  if(sends, '', 'queue') AS source_kind, if(sends, 'queue', '') AS target_kind, if(protocol = '', 'messaging', toString(protocol)) AS protocol, weight, tls,
  if(sends, '', toString(version)) AS version, if(sends, '', toString(instance)) AS instance, if(sends, '', toString(operation)) AS operation, 0 AS topmost, bucket AS top_bucket,
  queue != '' AS edge, queue != '' OR NOT sends AS node, NOT sends AS answered, arrived != 0 AS reached,
  sends AS caller_speaks, code AS caller_code, grpc AS caller_grpc, meshui_flags(s.flags, '') AS caller_flags, status AS caller_status, duration AS caller_duration,
  code, grpc, caller_flags AS flags, status, code AS staying_code, grpc AS staying_grpc, duration
FROM (
  SELECT *, toString(node) AS owner, role = 'send' AS sends, if(peer = '', '', meshui_id('', peer_ns, peer)) AS queue FROM fold_links
  WHERE role IN ('send', 'process') OR (role = 'receive' AND (node, peer_ns, peer, bucket) NOT IN (
    SELECT node, peer_ns, peer, arrayJoin([bucket - 10, bucket, bucket + 10]) FROM fold_links WHERE role = 'process'))
) AS s
SETTINGS optimize_and_compare_chain = 0;
