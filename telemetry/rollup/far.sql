-- The rest of those traces of which a settled span's parent is missing: spans outside [since, until]. Traces are found by
-- index; the newest 1,000 of them, so that senders whose parents never come cannot make a refresh slow.
INSERT INTO fold_spans
SELECT cityHash64(trace_id, span_id, node, role, bucket) AS uid, cityHash64(trace_id, span_id) AS k,
  multiIf(parent_id = 0, 0, parent_id = span_id, 1, cityHash64(trace_id, parent_id)) AS pk,
  bucket, ts, duration, trace_id, span_id, node, version, instance, role, proxy, kind, operation,
  status, code, grpc, flags, arrived, tls, protocol, peer, peer_ns, peer_kind, weight
FROM spans WHERE NOT late AND bucket NOT BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  AND bucket BETWEEN {oldest:DateTime('UTC')} AND {newest:DateTime('UTC')}
  AND trace_id IN (SELECT trace_id FROM fold_links WHERE puid = 0 AND pk > 1 AND bucket <= {settled:DateTime('UTC')}
    GROUP BY trace_id ORDER BY max(ts) DESC LIMIT 1000)
ORDER BY ts, duration, status, code, grpc, flags, pk LIMIT 1 BY uid LIMIT 200000;
