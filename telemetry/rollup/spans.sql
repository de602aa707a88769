-- The spans of [since, until], as they are.
INSERT INTO fold_spans
SELECT cityHash64(trace_id, span_id, node, role, bucket) AS uid, cityHash64(trace_id, span_id) AS k,
  multiIf(parent_id = 0, 0, parent_id = span_id, 1, cityHash64(trace_id, parent_id)) AS pk,
  bucket, ts, duration, trace_id, span_id, node, version, instance, role, proxy, kind, operation,
  status, code, grpc, flags, arrived, tls, protocol, peer, peer_ns, peer_kind, weight
FROM spans WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND NOT late;
