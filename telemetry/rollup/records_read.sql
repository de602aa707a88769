-- Access-log records of [since, until], each once, with how they ended and what joins them. A gateway's record is of a request that
-- came in and, if it names a service, of one that went out. A cluster that is no known service is the one that was asked for, if that
-- is known. A record without a route names whom it would have called only if that
-- is a known service: at a gateway it is whatever a scanner asked for.
-- let KNOWN_NAMES = (SELECT meshui_short(name) FROM fold_known)
INSERT INTO fold_access
SELECT uid, joins, if(joins = 0 OR node = '-/unknown' OR NOT (enters OR relays), 0, cityHash64(joins, if(relays, peer_key, own_key))) AS entry, if(joins = 0 OR NOT leaves, 0, cityHash64(joins, peer_key)) AS exit,
  bucket, ts, trace_id, node, version, instance,
  role = 'in' OR (role = 'out' AND gate) AS enters, peer != '' AND ((role = 'out' AND (cluster != '' OR knows OR NOT lost)) OR (role = 'in' AND knows)) AS leaves,
  role = 'relay' AND peer != '' AS relays, gate AS gateway,
  own_ns, own_key, peer, peer_ns, peer_kind,
  multiIf(peer_ns != '', toString(peer_ns), countSubstrings(peer, '.') = 1, substringIndex(peer, '.', -1), toString(own_ns)) AS called_ns, peer_key,
  extract(cluster, '^outbound(?:[|]|_[.])[0-9]+(?:[|]|_[.])([^|]*?)(?:[|]|_[.])') AS subset,
  if(caller_ns = '', '', concat(substring(node, 1, position(node, ':')), meshui_part(caller_ns), '/', meshui_part(caller))) AS caller_id, meshui_part(caller) AS caller_key,
  protocol, if(unsaid, 'error', toString(meshui_class(code, grpc, flags, 0, 1))) AS class, meshui_class(code, grpc, meshui_staying(flags), 0, 1) AS staying,
  if(unsaid, 'error', toString(meshui_class(code, grpc, flags, 0, 0))) AS calling,
  if(protocol = 'tcp', '', meshui_label(code, grpc)) AS label, flags, arrived, if(protocol = 'tcp', toInt16(-32767), meshui_bin(duration)) AS bin, if(duration = 18446744073709551615, 0, duration / 1e6) AS ms,
  tls, own_identity, peer_identity, bytes_in, bytes_out, attempts, operation
FROM (
  SELECT * EXCEPT (peer, peer_ns, peer_kind), if(reinterpretAsUInt128(trace_id) != 0, cityHash64(trace_id), if(request_id = '', 0, cityHash64(request_id))) AS joins,
    if(joins = 0 AND span_id = 0, 0, cityHash64(trace_id, span_id, request_id, ts, node, instance, role, cluster, code, duration)) AS uid,
    replaceRegexpOne(replaceRegexpOne(node, '^.*:', ''), '^-?(.*?)/.*$', '\\1') AS own_ns, meshui_short(substringIndex(node, '/', -1)) AS own_key,
    meshui_short(meshui_part(asked)) AS asked_key, asked != '' AND meshui_short(meshui_part(access.peer)) NOT IN $KNOWN_NAMES AND asked_key IN $KNOWN_NAMES AS by_host,
    if(by_host, asked, toString(access.peer)) AS peer, if(by_host, asked_ns, access.peer_ns) AS peer_ns, if(by_host, 'service', toString(access.peer_kind)) AS peer_kind, meshui_short(meshui_part(peer)) AS peer_key,
    peer_key != '' AND peer_key != own_key AND peer_key IN $KNOWN_NAMES AS knows, match(flags, '(^|,)NR(,|$)') AS lost,
    code = 0 AND grpc < 0 AND flags = '' AND protocol != 'tcp' AS unsaid,
    gateway OR node IN (SELECT node FROM fold_known AS k WHERE k.gateway) OR (role = 'in' AND knows) AS gate
  FROM access WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  LIMIT 1 BY uid, if(uid = 0, rowNumberInAllBlocks(), 0)
)
SETTINGS optimize_and_compare_chain = 0, query_plan_enable_optimizations = 0, short_circuit_function_evaluation = 'disable';
