-- The spans of one trace as load.sql has them, but of what they said only what sentences and clocks ask for: a page draws all spans and
-- shows what one of them said when it is chosen: the more attributes they have, the more this saves. Found by the bloom index of trace_id.
SELECT
  lower(hex(reinterpretAsFixedString(span_id))) AS span_id,
  parent_id != 0 AS has_parent,
  lower(hex(reinterpretAsFixedString(parent_id))) AS parent,
  node, version, instance, toString(role) AS role, proxy, gateway, kind, operation, name,
  toUnixTimestamp64Nano(ts) AS start_ns, duration AS duration_ns, toUnixTimestamp(bucket) AS bucket_s, late,
  status, status_message, code, grpc, flags, arrived, if(peer_ns = '', peer, concat(peer_ns, '/', peer)) AS peer,
  '' AS scope, '' AS trace_state, 0 AS resource_id,
  arrayFilter((key, kind) -> has({told:Array(String)}, key) AND kind < 'array_value', mapKeys(attributes), spans.kinds) AS keys,
  arrayMap(key -> CAST(spans.kinds[indexOf(mapKeys(attributes), key)], 'Int8'), keys) AS kinds,
  arrayMap(key -> attributes[key], keys) AS values,
  arrayMap(event -> hex(event), if(status = 2, events, [])) AS events,
  emptyArrayString() AS links,
  count() OVER (PARTITION BY span_id, spans.role, node) AS copies
FROM spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16)
ORDER BY ts, span_id, spans.role, node
LIMIT 1 BY span_id, spans.role, node
LIMIT {limit:UInt32}
