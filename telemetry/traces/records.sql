-- What access logs say of a trace's requests, the earliest first: found by the primary key (bucket, trace_id), so the buckets in
-- which its spans began (and one more on each side: a log's clock is that of its proxy) are read and no others.
SELECT lower(hex(reinterpretAsFixedString(span_id))) AS span_id, node, toString(role) AS role, toUnixTimestamp64Nano(ts) AS at_ns,
  duration, operation, if(peer_ns = '', peer, concat(peer_ns, '/', peer)) AS peer, cluster, protocol, code, grpc, flags, details,
  arrived, attempts, toString(tls) AS tls, own_identity, peer_identity, bytes_in, bytes_out, request_id
FROM access
WHERE bucket BETWEEN fromUnixTimestamp({since:UInt32}) AND fromUnixTimestamp({until:UInt32})
  AND trace_id = toFixedString(unhex({trace:String}), 16)
ORDER BY ts, node, span_id
LIMIT 1 BY span_id, access.role, node, ts
LIMIT {limit:UInt32}
