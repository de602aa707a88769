-- Messages: a send goes from its owner to the queue, a process from the queue to its owner, whatever joins the two; a receive
-- only where that owner shows no process span of that queue nearby.
INSERT INTO fold_calls
SELECT uid, bucket, ts, trace_id, span_id, if(sends, owner, queue) AS source, if(sends, queue, owner) AS target,
  if(protocol = '', 'messaging', toString(protocol)) AS protocol, if(sends, owner_kind, 'queue') AS source_kind, if(sends, 'queue', owner_kind) AS target_kind, weight,
  queue != '' AS edge, meshui_class(code, grpc, flags, status, NOT sends) AS edge_class, meshui_label(code, grpc) AS edge_code,
  meshui_flags(flags, '') AS edge_flags, meshui_bin(duration) AS edge_bin,
  queue != '' OR NOT sends AS node, NOT sends AS answered, edge_class AS callee_class, edge_code AS node_code, edge_flags AS node_flags, edge_bin AS node_bin,
  tls, arrived != 0 AS reached, if(sends, '', toString(version)) AS version, if(sends, '', toString(instance)) AS instance, if(sends, '', toString(operation)) AS operation,
  0 AS topmost, bucket AS top_bucket
FROM (
  SELECT *, toString(node) AS owner, role = 'send' AS sends, if(peer = '', '', meshui_id('', peer_ns, peer)) AS queue,
    multiIf(node = '-/unknown', 'unknown', node IN (SELECT node FROM fold_known WHERE gateway), 'gateway', 'service') AS owner_kind
  FROM fold_links
  WHERE role IN ('send', 'process') OR (role = 'receive' AND (node, peer_ns, peer, bucket) NOT IN (
    SELECT node, peer_ns, peer, arrayJoin([bucket - 10, bucket, bucket + 10]) FROM fold_links WHERE role = 'process'))
);
