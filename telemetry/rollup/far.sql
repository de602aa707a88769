-- The rest of those traces of which a settled span's parent is missing and that reach into the buckets to compute: spans
-- outside [since, until]. Found by index; the newest 1,000 traces, so that parents that never come cannot make this slow.
INSERT INTO fold_spans
SELECT cityHash64(trace_id, span_id, node, role, bucket) AS uid, cityHash64(trace_id, span_id) AS k,
  multiIf(parent_id = 0, 0, parent_id = span_id, 1, cityHash64(trace_id, parent_id)) AS pk,
  bucket, ts, duration, trace_id, span_id, node, version, instance, role, proxy, kind, operation,
  status, code, grpc, flags, arrived, tls, protocol, peer, peer_ns, peer_kind, weight
FROM spans WHERE NOT late AND bucket NOT BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  AND bucket BETWEEN {oldest:DateTime('UTC')} AND {newest:DateTime('UTC')}
  AND trace_id IN (
    SELECT trace_id FROM fold_links
    WHERE bucket BETWEEN {since:DateTime('UTC')} + 10 AND {until:DateTime('UTC')} - 10
      AND trace_id IN (SELECT trace_id FROM fold_links WHERE puid = 0 AND pk > 1 AND bucket <= {settled:DateTime('UTC')})
    GROUP BY trace_id ORDER BY max(ts) DESC LIMIT 1000)
LIMIT 200000;
