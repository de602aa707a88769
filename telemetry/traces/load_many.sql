-- The spans of given traces as load.sql has them, each once, the earliest first: of a trace what stands in its first `rows` rows, so
-- that a runaway one is neither held nor sorted. Found by hour and the bloom index of ids.
SELECT * FROM (
  SELECT
    lower(hex(trace_id)) AS trace,
    lower(hex(reinterpretAsFixedString(span_id))) AS span_id,
    parent_id != 0 AS has_parent,
    lower(hex(reinterpretAsFixedString(parent_id))) AS parent,
    node, version, instance, toString(role) AS role, proxy, gateway, kind, operation, name,
    toUnixTimestamp64Nano(ts) AS start_ns, duration AS duration_ns, late,
    status, status_message, code, grpc, flags, arrived, if(peer_ns = '', peer, concat(peer_ns, '/', peer)) AS peer,
    scope, trace_state, resource_id,
    mapKeys(attributes) AS keys, CAST(kinds, 'Array(Int8)') AS kinds,
    arrayMap((kind, value) -> if(kind >= 'array_value', hex(value), value), spans.kinds, mapValues(attributes)) AS values,
    arrayMap(event -> hex(event), events) AS events,
    arrayMap(link -> hex(link), links) AS links,
    1 AS copies
  FROM spans
  WHERE toStartOfHour(bucket) IN (SELECT arrayJoin({hours:Array(DateTime('UTC'))}))
    AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
  LIMIT {rows:UInt32} BY trace_id
)
ORDER BY trace, start_ns, span_id, role, node
LIMIT 1 BY trace, span_id, role, node
