-- Edges of a window, a row for each protocol and dialect of a pair, what counts apart from what only adds to it. A pair of `pairs`
-- (window_lags.sql) is read `lags` seconds earlier than the others, over a window of the same length; the bucket that such a
-- window begins in counts by the part inside. early: the earliest of these beginnings.
-- let SUMS = min(e.rank) AS rank, counts, max(e.source_kind) AS source_kind, max(e.target_kind) AS target_kind, round(sum(e.requests * share), 6) AS requests, round(sum(e.failures * share), 6) AS failures, round(sum(e.cancelled * share), 6) AS cancelled, round(sum(e.client_errors * share), 6) AS client_errors, round(sum(e.denied * share), 6) AS denied, round(sum(e.attempts * share), 6) AS attempts, round(sum(e.retry_success * share), 6) AS retry_success, sumMap(if(share = 1, e.codes, mapApply((k, v) -> (k, v * share), e.codes))) AS codes, sumMap(if(share = 1, e.flags, mapApply((k, v) -> (k, v * share), e.flags))) AS flags, sumMapIf(e.latency, share >= 0.5) AS latency, round(sum(e.callee_requests * share), 6) AS callee_requests, round(sum(e.callee_failures * share), 6) AS callee_failures, sumMapIf(e.callee_latency, share >= 0.5) AS callee_latency, round(sum(e.mutual_tls * share), 6) AS mutual_tls, round(sum(e.reached * share), 6) AS reached, round(sum(e.bytes_in * share), 6) AS bytes_in, round(sum(e.bytes_out * share), 6) AS bytes_out, round(sum(e.connections * share), 6) AS connections, max(e.saturation) AS saturation, max(e.ejected) AS ejected, groupUniqArrayArray(e.source_identities) AS source_identities, groupUniqArrayArray(e.target_identities) AS target_identities, arrayMap(t -> lower(hex(t)), arraySlice(arrayDistinct(arrayFlatten(arrayReverseSort(x -> x.1, groupArray((bucket, e.failing_traces))).2)), 1, 5)) AS failing_traces
-- let GROUPED = GROUP BY source, target, protocol, dialect, counts HAVING requests != 0 OR attempts != 0 OR connections != 0 OR bytes_in != 0 OR bytes_out != 0 ORDER BY source, target, rank, requests DESC, protocol, dialect
WITH parts AS (
  SELECT *, transform(cityHash64(source, target, protocol = 'tcp'), {pairs:Array(UInt64)}, {lags:Array(Float64)}, toFloat64(0)) AS lag, toUnixTimestamp(bucket) + lag AS began,
    greatest(0, least(1, (began + 10 - toUnixTimestamp({since:DateTime('UTC')})) / 10)) AS share
  FROM edges_counted(since = {early:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')})
  WHERE share > 0 AND began < toUnixTimestamp64Milli({until:DateTime64(9, 'UTC')}) / 1000
)
SELECT source, target, protocol, dialect, $SUMS
FROM parts AS e $GROUPED;

-- The same where spans alone speak: everything counts, by the clock.
SELECT source, target, protocol, dialect, $SUMS
FROM (SELECT *, 1 AS counts, 1 AS share FROM edges_10s FINAL WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')}) AS e $GROUPED;
