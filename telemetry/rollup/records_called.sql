-- What callers said of the requests of the buckets in [since, until]: a row for each way in which they ended. Whom they reached is
-- the owner that answered, where all that answered in the bucket are one; else the name they called. A request that ended without a
-- word on whether it arrived, and that nobody answered, did not.
-- let KEY = bucket, source, target, peer, peer_ns, peer_kind, protocol, class, code, flags, arrived, version, source_version, source_identity, target_identity
-- let NONE = CAST(NULL, 'Nullable(Float64)')
INSERT INTO fold_said ($KEY, dialect, rank, side, n, flag_n, latency, duration_ms, attempts, retry_success, mutual_tls, reached, bytes_in, bytes_out, connections, failing_traces, last_request)
SELECT $KEY, 'logs' AS dialect, {rank:UInt8} AS rank, 'client' AS side,
  if(protocol = 'tcp', 0, sum(c.n)) AS n, if(flags = '', 0, sum(c.n)) AS flag_n, sumMapIf(map(bin, c.n), bin != -32767) AS latency, sum(c.took) AS duration_ms,
  if(protocol = 'tcp' OR max(c.counted) = 0, $NONE, sum(c.tries)) AS attempts, if(protocol = 'tcp' OR max(c.counted) = 0, $NONE, sum(c.saved)) AS retry_success,
  if(sum(c.told) = 0, $NONE, sum(c.mutual)) AS mutual_tls, if(sum(c.told) = 0, $NONE, sum(c.got)) AS reached,
  sum(c.received) AS bytes_in, sum(c.sent) AS bytes_out, if(protocol = 'tcp', toNullable(toFloat64(sum(c.n))), $NONE) AS connections,
  arrayMap(f -> f.2, arraySlice(arraySort(groupArrayArray(failing)), 1, 5)) AS failing_traces, max(c.last) AS last_request
FROM (
  SELECT $KEY, bin, count() AS n, sum(ms) AS took, countIf(attempts != 255) AS counted, sum(if(attempts IN (0, 255), 1, attempts)) AS tries, countIf(attempts BETWEEN 2 AND 254 AND class = 'ok') AS saved,
    countIf(tls != 'unknown' AND host) AS told, countIf(tls = 'mutual' AND host) AS mutual, countIf(host) AS got, sum(bytes_in) AS received, sum(bytes_out) AS sent,
    groupArraySortedIf(5)((-toUnixTimestamp64Nano(ts), trace_id), class = 'error' AND reinterpretAsUInt128(trace_id) != 0) AS failing, max(ts) AS last
  FROM (
    SELECT bucket, node AS source, if(answers = 1, some, '') AS target, peer, peer_ns, peer_kind, protocol, calling AS class, label AS code, flags,
      if(arrived = -1, joins = 0 OR answered != '', arrived) AS arrived, subset AS version, o.version AS source_version, own_identity AS source_identity, peer_identity AS target_identity,
      bin, ms, attempts, tls, o.arrived != 0 AS host, bytes_in, bytes_out, ts, trace_id
    FROM (
      SELECT o.*, e.node AS answered, max(answered) OVER names AS some, uniqExactIf(answered, answered != '') OVER names AS answers
      FROM fold_access AS o ANY LEFT JOIN (SELECT called, min(node) AS node FROM fold_entered WHERE NOT relays GROUP BY called) AS e ON e.called = o.uid
      WHERE o.leaves AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
      WINDOW names AS (PARTITION BY o.bucket, o.node, o.peer, o.peer_ns)
    ) AS o
  )
  GROUP BY $KEY, bin
) AS c
GROUP BY $KEY
SETTINGS query_plan_join_swap_table = 'false';
