-- Every `in` span that nobody of its own owner called, and no relay: it entered the owner itself. A span below an `out` span of
-- another instance of its owner is a self call.
-- let ENTERS = (puid = 0 OR (prole != 'relay' AND (pnode != node OR (prole = 'out' AND instance != '' AND pinstance != '' AND instance != pinstance))))
INSERT INTO fold_ins
SELECT uid, bucket, ts, duration, trace_id, span_id, node, version, instance, proxy, operation,
  status, code, grpc, flags, arrived, tls, protocol, peer, peer_ns, peer_kind, weight,
  uid AS entry, bucket AS entry_bucket, role AS entry_role, 0 AS depth, [] AS outs, puid AS link, prole AS link_role, pnode AS link_node, puid = 0 AND pk != 0 AS lost
FROM fold_links WHERE role = 'in' AND $ENTERS;
