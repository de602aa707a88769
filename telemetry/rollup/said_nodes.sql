-- Nodes as they received, by what was said of the buckets in [since, until]; rows as for edges. Of a caller's row only what never
-- arrived counts where the node itself speaks: flag_n where the row counts flags alone.
-- let KEY = bucket, node, dialect
-- let NONE = CAST(NULL, 'Nullable(Float64)')
INSERT INTO nodes_10s ($KEY, generation, rank, requests, failures, cancelled, client_errors, denied, codes, flags, latency, duration_ms,
  saturation, kind, last_request, until, interval_s, served, failing_traces)
SELECT $KEY, {generation:UInt64} AS generation, max(r.rank) AS rank, sum(n) AS requests, sumIf(n, class = 'error') AS failures,
  sumIf(n, class = 'cancelled') AS cancelled, sumIf(n, class IN ('client_error', 'throttled', 'denied')) AS client_errors, sumIf(n, class = 'denied') AS denied,
  sumMapIf(map(code, n), code != '' AND n != 0) AS codes,
  sumMapIf(CAST((splitByChar(',', r.flags), arrayMap(f -> flag_n, splitByChar(',', r.flags))), 'Map(String, Float64)'), r.flags != '' AND flag_n != 0) AS flags,
  sumMap(r.latency) AS latency, sum(r.duration_ms) AS duration_ms, max(r.saturation) AS saturation, max(r.kind) AS kind,
  max(r.last_request) AS last_request, max(r.until) AS until, max(r.interval_s) AS interval_s, max(r.served) AS served,
  arraySlice(groupUniqArrayArray(r.failing_traces), 1, 5) AS failing_traces
FROM (
  SELECT bucket, target AS node, dialect, rank, class, code, flags, flag_n, if(received = 2, greatest(n, flag_n), n) AS n, if(received = 2, map(), latency) AS latency, if(received = 2, 0, duration_ms) AS duration_ms, saturation,
    target_kind AS kind, if(n > 0 OR flag_n > 0, ifNull(last_request, toDateTime64(least(until, toDateTime64(bucket + 10, 3, 'UTC')), 9, 'UTC')), NULL) AS last_request,
    until, interval_s, side != 'client' AS served, failing_traces
  FROM fold_resolved WHERE received AND NOT tcp AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  UNION ALL
  SELECT $KEY, rank, 'ok', '', '', 0., 0., map(), 0., $NONE, kind, NULL, toDateTime64(0, 3, 'UTC'), 0., 0, []
  FROM nodes_10s FINAL WHERE dialect != '' AND (dialect = 'logs') = {logs:Bool} AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
    AND (requests != 0 OR toUnixTimestamp64Milli(nodes_10s.until) != 0)
) AS r
GROUP BY $KEY;
