-- The spans of one trace, each once (senders repeat what was not answered in time), the earliest first. Found by the bloom index of
-- trace_id. Values whose bytes are no text go as hex. `only` is the id of a span, empty for all of them.
SELECT
  lower(hex(reinterpretAsFixedString(span_id))) AS span_id,
  parent_id != 0 AS has_parent,
  lower(hex(reinterpretAsFixedString(parent_id))) AS parent,
  node, version, instance, toString(role) AS role, proxy, gateway, kind, operation, name,
  toUnixTimestamp64Nano(ts) AS start_ns, duration AS duration_ns, toUnixTimestamp(bucket) AS bucket_s, late,
  status, status_message, code, grpc, flags, arrived, if(peer_ns = '', peer, concat(peer_ns, '/', peer)) AS peer,
  scope, trace_state, resource_id,
  mapKeys(attributes) AS keys, CAST(kinds, 'Array(Int8)') AS kinds,
  arrayMap((kind, value) -> if(kind >= 'array_value', hex(value), value), spans.kinds, mapValues(attributes)) AS values,
  arrayMap(event -> hex(event), events) AS events,
  arrayMap(link -> hex(link), links) AS links,
  count() OVER (PARTITION BY span_id, spans.role, node) AS copies
FROM spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16)
  AND ({only:String} = '' OR spans.span_id = reinterpretAsUInt64(unhex({only:String})))
ORDER BY ts, span_id, spans.role, node
LIMIT 1 BY span_id, spans.role, node
LIMIT {limit:UInt32}
