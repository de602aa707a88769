-- An hour of spans for `bench query`, made inside the engine: traces [first, last) of `total`, ten spans each, five services of 500.
-- Even spans are received, odd ones are the calls to the next; a fiftieth of the traces fails, a hundredth is twenty times as slow.
-- Ten attributes: one value for all, some, two thousand routes, half a million users, and an id of its own for each span.
INSERT INTO spans (bucket, ts, duration, late, trace_id, span_id, parent_id, node, version, instance, role, proxy, gateway, kind, name,
  operation, protocol, status, status_message, code, grpc, flags, arrived, peer, peer_ns, peer_kind, tls, weight, resource_id, scope,
  kinds, attributes, events, links, trace_state, spool, segment)
WITH
  (root, k, h) -> if(k = 0, root, 20 + (root * 97 + k * 31 + intDiv(h, 1000) % 16) % 480) AS pick,
  intDiv(number, 10) AS t, number % 10 AS k,
  cityHash64(t, {seed:UInt64}) AS h, (h % 1000003) / 1000003 AS u, (intDiv(h, 1000003) % 1000003) / 1000003 AS v,
  toUInt64(20 * u * u) AS root, pick(root, k - k % 2, h) AS here, pick(root, k + k % 2, h) AS there,
  h % 50 = 7 AND k <= 2 AS failed,
  toUInt64(1e6 * 8 * exp(sqrt(-2 * log(u * 0.999 + 0.0005)) * cos(6.2831853 * v)) * if(h % 100 = 3, 20, 1) * (1 - 0.09 * k)) AS took,
  toInt64({since:Int64}) + toInt64(intDiv(t * 3600000000000, {total:UInt64})) + k * 300000 AS began,
  concat('svc-', toString(here)) AS name_here, concat('ns-', toString(here % 25)) AS ns_here, concat('/api/', toString(here), '/r', toString(intDiv(h, 7) % 4)) AS route,
  concat(name_here, '-', toString(h % 3)) AS pod,
  if(failed, '503', '200') AS answered, cityHash64(number, {seed:UInt64} + 1) AS own
SELECT
  toDateTime(intDiv(began, 10000000000) * 10, 'UTC'), fromUnixTimestamp64Nano(began, 'UTC'), took, 0,
  sipHash128(t, {seed:UInt64}), cityHash64(t, k, {seed:UInt64}), if(k = 0, 0, cityHash64(t, if(k % 2 = 0, k - 1, 2 * intDiv(k - 1, 4)), {seed:UInt64})),
  concat(ns_here, '/', name_here), if(h % 10 = 0, 'v2', 'v1'), pod,
  if(k % 2 = 0, 'in', 'out'), 0, 0, if(k % 2 = 0, 2, 3), concat('GET ', route),
  concat('GET ', route), 'http', if(failed, 2, 0), '', toUInt16(answered), -1, if(failed AND h % 250 = 7, 'UH', ''), 1,
  if(k % 2 = 0, '', concat('svc-', toString(there))), if(k % 2 = 0, '', concat('ns-', toString(there % 25))), if(k % 2 = 0, 'none', 'service'), 'unknown', 1,
  cityHash64(pod), 'bench',
  arrayMap(x -> CAST(x, 'Enum8(\'none\' = 0, \'string_value\' = 1, \'bool_value\' = 2, \'int_value\' = 3, \'double_value\' = 4, \'array_value\' = 5, \'kvlist_value\' = 6, \'bytes_value\' = 7)'), [1, 1, 3, 1, 1, 1, 1, 1, 1, 1]),
  CAST(([ 'http.request.method', 'http.route', 'http.response.status_code', 'url.path', 'server.address', 'client.address', 'user_agent.original', 'network.protocol.version', 'user.id', 'request.id'],
    ['GET', route, answered, concat(route, '/', toString(h % 5000)), concat(name_here, '.', ns_here), concat('10.', toString(h % 200), '.', toString(own % 250), '.7'),
     if(h % 3 = 0, 'Mozilla/5.0 (X11; Linux x86_64)', 'okhttp/4.12'), '1.1', concat('user-', toString(h % 500000)), lower(hex(sipHash128(number, {seed:UInt64})))]), 'Map(LowCardinality(String), String)'),
  emptyArrayString(), emptyArrayString(), '', {spool:UInt64}, {segment:UInt64}
FROM numbers({first:UInt64} * 10, ({last:UInt64} - {first:UInt64}) * 10);
