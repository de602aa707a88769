-- What there is to ask about: spans from all over the hour, with their calls.
SELECT lower(hex(trace_id)) AS trace, node, operation, instance, concat(peer_ns, '/', peer) AS called, attributes['http.route'] AS route,
  attributes['user.id'] AS user, attributes['request.id'] AS request, attributes['client.address'] AS client
FROM spans WHERE bucket >= fromUnixTimestamp({since:UInt32}) AND peer != '' AND cityHash64(trace_id, {seed:UInt64}) % {every:UInt64} = 0
ORDER BY cityHash64(trace_id) LIMIT 1 BY trace_id LIMIT 1000;
