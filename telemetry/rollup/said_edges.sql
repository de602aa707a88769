-- Edges of what was said of the buckets in [since, until]: a row a dialect, a zero row for each that was there and is not found again.
-- let KEY = bucket, source, target, protocol, dialect
-- let NONE = CAST(NULL, 'Nullable(Float64)')
INSERT INTO edges_10s ($KEY, generation, rank, requests, failures, cancelled, client_errors, denied, attempts, retry_success, codes, flags, latency, duration_ms,
  callee_requests, callee_failures, callee_latency, mutual_tls, reached, bytes_in, bytes_out, connections, saturation, ejected,
  source_kind, target_kind, source_identities, target_identities, evidence, until, interval_s, failing_traces)
SELECT $KEY, {generation:UInt64} AS generation, max(r.rank) AS rank, sumIf(n, speaks) AS requests, sumIf(n, speaks AND class = 'error') AS failures,
  sumIf(n, speaks AND class = 'cancelled') AS cancelled, sumIf(n, speaks AND class IN ('client_error', 'throttled', 'denied')) AS client_errors,
  sumIf(n, speaks AND class = 'denied') AS denied, sumIf(r.attempts, speaks) AS attempts, sumIf(r.retry_success, speaks) AS retry_success,
  sumMapIf(map(code, n), speaks AND code != '' AND n != 0) AS codes,
  sumMapIf(CAST((splitByChar(',', r.flags), arrayMap(f -> flag_n, splitByChar(',', r.flags))), 'Map(String, Float64)'), (speaks OR side = 'server') AND r.flags != '' AND flag_n != 0) AS flags,
  sumMapIf(r.latency, speaks) AS latency, sumIf(r.duration_ms, speaks) AS duration_ms,
  sumIf(n, side = 'server') AS callee_requests, sumIf(n, side = 'server' AND class = 'error') AS callee_failures, sumMapIf(r.latency, side = 'server') AS callee_latency,
  if(countIf(speaks AND isNotNull(r.reached)) > 0, sumIf(r.mutual_tls, speaks), sumIf(r.mutual_tls, NOT speaks)) AS mutual_tls,
  if(countIf(speaks AND isNotNull(r.reached)) > 0, sumIf(r.reached, speaks), sumIf(r.reached, NOT speaks)) AS reached,
  sumIf(r.bytes_in, speaks) AS bytes_in, sumIf(r.bytes_out, speaks) AS bytes_out, sumIf(r.connections, speaks) AS connections,
  max(r.saturation) AS saturation, max(r.ejected) AS ejected, max(r.source_kind) AS source_kind, max(r.target_kind) AS target_kind,
  arraySlice(arraySort(groupUniqArrayIf(9)(source_identity, source_identity != '')), 1, 9) AS source_identities,
  arraySlice(arraySort(groupUniqArrayIf(9)(target_identity, target_identity != '')), 1, 9) AS target_identities,
  [] AS evidence, max(r.until) AS until, max(r.interval_s) AS interval_s, arraySlice(groupUniqArrayArrayIf(r.failing_traces, speaks), 1, 5) AS failing_traces
FROM (
  SELECT $KEY, rank, side, class, code, flags, flag_n, n, latency, duration_ms, attempts, retry_success, mutual_tls, reached, bytes_in, bytes_out, connections, saturation, ejected,
    source_kind, target_kind, source_identity, target_identity, until, interval_s, failing_traces, speaks
  FROM fold_resolved WHERE source != '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  UNION ALL
  SELECT $KEY, rank, 'client', 'ok', '', '', 0., 0., map(), 0., $NONE, $NONE, $NONE, $NONE, $NONE, $NONE, $NONE, $NONE, $NONE,
    source_kind, target_kind, '', '', toDateTime64(0, 3, 'UTC'), 0., [], 1
  FROM edges_10s FINAL WHERE dialect != '' AND (dialect = 'logs') = {logs:Bool} AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
    AND (requests != 0 OR attempts != 0 OR connections != 0 OR toUnixTimestamp64Milli(edges_10s.until) != 0)
) AS r
GROUP BY $KEY;
