-- Every `out` span with nothing of its call above it: it is the topmost itself.
-- let GOES_ON = (puid != 0 AND (prole = 'relay' OR (pnode = node AND prole IN ('out', 'local'))))
INSERT INTO fold_outs
SELECT uid, bucket, ts, span_id, trace_id, node, peer, peer_ns, peer_kind, code, grpc, flags, arrived, tls, protocol,
  uid AS topmost, 0 AS depth, puid != 0 AND pnode = node AND prole IN ('send', 'receive') AS part,
  bucket AS top_bucket, ts AS top_ts, duration AS top_duration, status AS top_status, weight AS top_weight
FROM fold_links WHERE role = 'out' AND NOT $GOES_ON;
