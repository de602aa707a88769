-- What the called, and waypoints in front of them, said of the requests of the buckets in [since, until]: a row for each way in
-- which they ended. Who called is the owner of the caller's record; else whom the certificate names, if that is a known service;
-- else unknown, once the bucket is settled, but nobody where requests enter the mesh (a gateway) and where callers of that service
-- write records that nothing joins. The last attempt is a failure here too if its caller says that the server failed; that the client
-- left stands only if the caller says so. A flag that both sides show counts once at the edge: here it is the node's alone.
-- let KEY = bucket, side, source, target, peer, peer_ns, peer_kind, protocol, class, code, flags, version, instance, source_version, operation, source_identity, target_identity
-- let NONE = CAST(NULL, 'Nullable(Float64)')
INSERT INTO fold_said ($KEY, dialect, rank, arrived, n, flag_n, latency, duration_ms, mutual_tls, reached, bytes_in, bytes_out, connections, failing_traces, last_request)
SELECT $KEY, 'logs' AS dialect, {rank:UInt8} AS rank, 1 AS arrived,
  if(protocol = 'tcp' OR aside, 0, sum(c.n)) AS n, if(flags = '', 0, sum(c.n)) AS flag_n, sumMapIf(map(bin, c.n), bin != -32767 AND NOT aside) AS latency, if(aside, 0, sum(c.took)) AS duration_ms,
  if(sum(c.told) = 0, $NONE, sum(c.mutual)) AS mutual_tls, if(sum(c.told) = 0, $NONE, toFloat64(sum(c.n))) AS reached,
  if(aside, 0, sum(c.received)) AS bytes_in, if(aside, 0, sum(c.sent)) AS bytes_out, if(protocol = 'tcp' AND NOT aside, toNullable(toFloat64(sum(c.n))), $NONE) AS connections,
  arrayMap(f -> f.2, arraySlice(arraySort(groupArrayArray(failing)), 1, 5)) AS failing_traces, max(c.last) AS last_request
FROM (
  SELECT $KEY, bin, aside, count() AS n, sum(ms) AS took, countIf(tls != 'unknown' AND NOT aside) AS told, countIf(tls = 'mutual' AND NOT aside) AS mutual, sum(bytes_in) AS received, sum(bytes_out) AS sent,
    groupArraySortedIf(5)((-toUnixTimestamp64Nano(ts), trace_id), class = 'error' AND reinterpretAsUInt128(trace_id) != 0 AND NOT aside) AS failing, max(ts) AS last
  FROM (
    SELECT bucket, if(relays, 'relay', 'server') AS side, if(aside, '', caller_is) AS source, if(relays, '', node) AS target, if(relays, peer, '') AS peer, if(relays, peer_ns, '') AS peer_ns, if(relays, peer_kind, '') AS peer_kind,
      protocol, multiIf(last AND NOT relays AND caller_class = 'error', 'error', stays, toString(staying), toString(class)) AS class, label AS code,
      arrayStringConcat(arrayFilter(f -> f != '' AND has(caller_flags, f) = aside, said), ',') AS flags,
      if(relays, '', version) AS version, if(relays, '', instance) AS instance, caller_version AS source_version, if(relays, '', operation) AS operation,
      peer_identity AS source_identity, if(relays, '', own_identity) AS target_identity, bin, ms, tls, bytes_in, bytes_out, ts, trace_id, aside
    FROM (
      SELECT *, uid IN (SELECT argMax(uid, (ts, uid)) FROM fold_entered GROUP BY called, relays) AS last, caller_uid != 0 AS joined, joined AND caller_class != 'cancelled' AS stays,
        splitByChar(',', caller_said) AS caller_flags, splitByChar(',', if(stays, meshui_staying(flags), flags)) AS said,
        multiIf(joined, toString(caller_node), caller IN (SELECT node FROM fold_known), toString(caller), gateway, '',
          (own_key, bucket) IN (SELECT peer_key, arrayJoin([bucket - 10, bucket, bucket + 10]) FROM fold_access WHERE leaves AND joins = 0), '', bucket > {settled:DateTime('UTC')}, '', '-/unknown') AS caller_is,
        arrayJoin(if(arrayExists(f -> f != '' AND has(caller_flags, f), said), [0, 1], [0])) AS aside
      FROM fold_access AS i
      ANY LEFT JOIN (SELECT uid AS entered, called FROM fold_entered) AS e ON entered = uid
      ANY LEFT JOIN (SELECT uid AS caller_uid, node AS caller_node, version AS caller_version, calling AS caller_class, flags AS caller_said FROM fold_access WHERE leaves AND uid != 0) AS o ON caller_uid = called
      WHERE (enters OR relays) AND node != '-/unknown' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
    )
  )
  GROUP BY $KEY, bin, aside
) AS c
GROUP BY $KEY, aside
SETTINGS query_plan_join_swap_table = 'false';
