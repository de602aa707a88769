-- Edges of [since, until), one row for each protocol of a pair. Reads edges_10s by its first key.
SELECT source, target, protocol, max(e.source_kind) AS source_kind, max(e.target_kind) AS target_kind,
  sum(e.requests) AS requests, sum(e.failures) AS failures, sum(e.cancelled) AS cancelled, sum(e.client_errors) AS client_errors, sum(e.denied) AS denied,
  sum(e.attempts) AS attempts, sumMap(e.codes) AS codes, sumMap(e.flags) AS flags, sumMap(e.latency) AS latency,
  sum(e.callee_requests) AS callee_requests, sum(e.callee_failures) AS callee_failures, sumMap(e.callee_latency) AS callee_latency,
  sum(e.mutual_tls) AS mutual_tls, sum(e.reached) AS reached, sum(e.bytes_in) AS bytes_in, sum(e.bytes_out) AS bytes_out, sum(e.connections) AS connections,
  groupUniqArrayArray(e.evidence) AS evidence,
  arrayMap(t -> lower(hex(t)), arraySlice(arrayDistinct(arrayFlatten(arrayReverseSort(x -> x.1, groupArray((bucket, e.failing_traces))).2)), 1, 5)) AS failing_traces
FROM edges_10s AS e FINAL WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')}
GROUP BY source, target, protocol HAVING requests != 0 OR attempts != 0
ORDER BY source, target, requests DESC, protocol;
