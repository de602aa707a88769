-- Edges of the buckets in [since, until], a zero row for each that was there and is not found again.
-- let KEY = bucket, source, target, protocol
INSERT INTO edges_10s (bucket, source, target, protocol, generation, requests, failures, cancelled, client_errors, denied, attempts, codes, flags, latency,
  callee_requests, callee_failures, callee_latency, mutual_tls, reached, source_kind, target_kind, evidence, failing_traces)
WITH calls AS (
  SELECT $KEY, source_kind, target_kind, weight, edge_class, edge_code, edge_flags, edge_bin, callee_class, node_bin, answered, tls, reached, ts, trace_id,
    uid NOT IN (SELECT uid FROM fold_retried) AS last
  FROM fold_calls WHERE edge AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
), as_called AS (
  SELECT $KEY, max(c.source_kind) AS source_kind, max(c.target_kind) AS target_kind, edge_class AS class, edge_code, edge_flags, edge_bin AS bin, last,
    sum(weight) AS n, sumIf(weight, tls = 'mutual' AND c.reached) AS mutual, countIf(tls != 'unknown' AND c.reached) AS told, sumIf(weight, c.reached) AS reached,
    groupArraySortedIf(5)((-toUnixTimestamp64Nano(ts), trace_id), class = 'error') AS failing
  FROM calls AS c GROUP BY $KEY, class, edge_code, edge_flags, bin, last
), as_received AS (
  SELECT $KEY, callee_class AS class, node_bin AS bin, sum(weight) AS n FROM calls WHERE answered GROUP BY $KEY, class, bin
), parts AS (
  SELECT $KEY, source_kind, target_kind, if(last, n, 0) AS requests, if(last, class, 'ok') AS class, n AS attempts,
    if(last AND edge_code != '', map(edge_code, n), map()) AS codes,
    if(last AND edge_flags != '', CAST((splitByChar(',', edge_flags), arrayMap(f -> n, splitByChar(',', edge_flags))), 'Map(String, Float64)'), map()) AS flags,
    if(last AND bin != -32767, map(bin, n), map()) AS latency, 0. AS callee, 0. AS callee_failed, CAST(map(), 'Map(Int16, Float64)') AS callee_latency,
    if(last, mutual, 0) AS mutual, if(last, told, 0) AS told, if(last, reached, 0) AS reached, if(last, failing, []) AS failing
  FROM as_called
  UNION ALL
  SELECT $KEY, '', '', 0., 'ok', 0., map(), map(), map(), n, if(class = 'error', n, 0), map(bin, n), 0., 0, 0., [] FROM as_received
  UNION ALL
  SELECT $KEY, source_kind, target_kind, 0., 'ok', 0., map(), map(), map(), 0., 0., map(), 0., 0, 0., []
  FROM edges_10s FINAL WHERE dialect = '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND (requests != 0 OR attempts != 0)
)
SELECT $KEY, {generation:UInt64} AS generation, sum(requests) AS requests, sumIf(p.requests, class = 'error') AS failures,
  sumIf(p.requests, class = 'cancelled') AS cancelled, sumIf(p.requests, class IN ('client_error', 'throttled', 'denied')) AS client_errors,
  sumIf(p.requests, class = 'denied') AS denied, sum(p.attempts) AS attempts, sumMap(p.codes) AS codes, sumMap(p.flags) AS flags,
  mapApply((k, v) -> (k, toUInt64(round(v))), sumMap(p.latency)) AS latency,
  sum(callee) AS callee_requests, sum(callee_failed) AS callee_failures, mapApply((k, v) -> (k, toUInt64(round(v))), sumMap(p.callee_latency)) AS callee_latency,
  if(sum(told) = 0, NULL, sum(mutual)) AS mutual_tls, sum(p.reached) AS reached, max(p.source_kind) AS source_kind, max(p.target_kind) AS target_kind,
  ['spans'] AS evidence, arrayDistinct(arrayMap(f -> f.2, arraySlice(arraySort(groupArrayArray(failing)), 1, 5))) AS failing_traces
FROM parts AS p GROUP BY $KEY;
