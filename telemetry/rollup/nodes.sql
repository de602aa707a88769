-- Nodes of the buckets in [since, until] as they received, a zero row for each that was there and is not found again. Where
-- both sides of a call are known, the caller's verdict that the server failed counts here too.
INSERT INTO nodes_10s (bucket, node, generation, requests, failures, cancelled, client_errors, denied, codes, flags, latency, kind, last_request, failing_traces)
WITH cells AS (
  SELECT bucket, target AS node, max(target_kind) AS kind,
    if(edge_class = 'error' AND uid NOT IN (SELECT uid FROM fold_retried), 'error', toString(callee_class)) AS class, node_code, node_flags, node_bin AS bin,
    sum(weight) AS n, max(ts) AS last, groupArraySortedIf(5)((-toUnixTimestamp64Nano(ts), trace_id), class = 'error') AS failing
  FROM fold_calls AS c WHERE c.node AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  GROUP BY bucket, target, class, node_code, node_flags, bin
), parts AS (
  SELECT bucket, node, kind, class, n, if(node_code != '', map(node_code, n), map()) AS codes,
    if(node_flags != '', CAST((splitByChar(',', node_flags), arrayMap(f -> n, splitByChar(',', node_flags))), 'Map(String, Float64)'), map()) AS flags,
    if(bin != -32767, map(bin, n), map()) AS latency, toNullable(last) AS last, failing
  FROM cells
  UNION ALL
  SELECT bucket, node, kind, 'ok', 0., map(), map(), map(), NULL, []
  FROM nodes_10s FINAL WHERE dialect = '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND requests != 0
)
SELECT bucket, node, {generation:UInt64} AS generation, sum(n) AS requests, sumIf(n, class = 'error') AS failures, sumIf(n, class = 'cancelled') AS cancelled,
  sumIf(n, class IN ('client_error', 'throttled', 'denied')) AS client_errors, sumIf(n, class = 'denied') AS denied,
  sumMap(p.codes) AS codes, sumMap(p.flags) AS flags, mapApply((k, v) -> (k, toUInt64(round(v))), sumMap(p.latency)) AS latency,
  max(p.kind) AS kind, max(p.last) AS last_request, arrayDistinct(arrayMap(f -> f.2, arraySlice(arraySort(groupArrayArray(failing)), 1, 5))) AS failing_traces
FROM parts AS p GROUP BY bucket, node;
