-- Nodes as they received in a window, a row for each dialect, what counts apart from what only adds to it; `nodes` are read `lags`
-- seconds earlier than the others, as pairs are in window_edges.sql.
-- let SUMS = min(n.rank) AS rank, counts, max(n.kind) AS kind, round(sum(n.requests * share), 6) AS requests, round(sum(n.failures * share), 6) AS failures, round(sum(n.cancelled * share), 6) AS cancelled, round(sum(n.client_errors * share), 6) AS client_errors, round(sum(n.denied * share), 6) AS denied, sumMap(if(share = 1, n.codes, mapApply((k, v) -> (k, v * share), n.codes))) AS codes, sumMap(if(share = 1, n.flags, mapApply((k, v) -> (k, v * share), n.flags))) AS flags, sumMapIf(n.latency, share >= 0.5) AS latency, max(n.saturation) AS saturation, arrayMap(t -> lower(hex(t)), arraySlice(arrayDistinct(arrayFlatten(arrayReverseSort(x -> x.1, groupArray((bucket, n.failing_traces))).2)), 1, 5)) AS failing_traces
-- let GROUPED = GROUP BY node, dialect, counts HAVING requests != 0 ORDER BY node, rank, dialect
WITH parts AS (
  SELECT *, transform(toString(node), {nodes:Array(String)}, {lags:Array(Float64)}, toFloat64(0)) AS lag, toUnixTimestamp(bucket) + lag AS began,
    greatest(0, least(1, (began + 10 - toUnixTimestamp({since:DateTime('UTC')})) / 10)) AS share
  FROM nodes_counted(since = {early:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')})
  WHERE share > 0 AND began < toUnixTimestamp64Milli({until:DateTime64(9, 'UTC')}) / 1000
)
SELECT node, dialect, $SUMS
FROM parts AS n $GROUPED;

-- The same where spans alone speak: everything counts, by the clock.
SELECT node, dialect, $SUMS
FROM (SELECT *, 1 AS counts, 1 AS share FROM nodes_10s FINAL WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')}) AS n $GROUPED;
