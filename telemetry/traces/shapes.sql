-- The spans of many traces without what only a page shows (attributes, events, links): what they were, whose, when and how they
-- ended; each once. Traces with more spans than asked for are left out. Found by the bloom index of trace_id.
SELECT lower(hex(trace_id)) AS trace,
  lower(hex(reinterpretAsFixedString(span_id))) AS span_id,
  parent_id != 0 AS has_parent,
  lower(hex(reinterpretAsFixedString(parent_id))) AS parent,
  node, version, instance, toString(role) AS role, proxy, gateway, kind, operation, name,
  toUnixTimestamp64Nano(ts) AS start_ns, duration AS duration_ns, late,
  status, '' AS status_message, code, grpc, flags, arrived, if(peer_ns = '', peer, concat(peer_ns, '/', peer)) AS peer,
  scope, '' AS trace_state, resource_id,
  emptyArrayString() AS keys, emptyArrayInt8() AS kinds, emptyArrayString() AS values, emptyArrayString() AS events, emptyArrayString() AS links,
  1 AS copies
FROM spans
WHERE bucket BETWEEN fromUnixTimestamp({since:UInt32}) AND fromUnixTimestamp({until:UInt32})
  AND trace_id IN (
    SELECT trace_id FROM spans
    WHERE bucket BETWEEN fromUnixTimestamp({since:UInt32}) AND fromUnixTimestamp({until:UInt32})
      AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
    GROUP BY trace_id HAVING count() <= {largest:UInt32})
ORDER BY trace_id, ts, span_id, spans.role, node
LIMIT 1 BY trace_id, span_id, spans.role, node
