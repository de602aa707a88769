-- Each delta's part in each bucket of [first, last], by how much of (since, at] lies in it: one row a series and bucket (two where a
-- histogram changed its bounds). Counts of bins are whole: what is reached of a delta at the bucket's end, rounded, less the same at
-- its start. Classic buckets are put together elsewhere.
-- let NS = toInt64(1000000000)
-- let FIRST = toUnixTimestamp({first:DateTime('UTC')})
-- let LAST = toUnixTimestamp({last:DateTime('UTC')})
INSERT INTO fold_shares
SELECT bucket, series, n, s.sum * r.unit_ms AS sum, if(NOT r.drawn OR empty(s.counts), map(), meshui_steps(meshui_last_of_bin(meshui_reached(s.zero,
    if(s.scale = 127, meshui_explicit(arrayMap(b -> b * r.unit_ms, s.bounds), s.counts, s.low * r.unit_ms, s.high * r.unit_ms),
      meshui_exponential(s.scale, s.offset, s.counts, r.unit_ms)))))) AS bins,
  fromUnixTimestamp64Milli(intDiv(at, 1000000), 'UTC') AS until, i.interval_s, estimated
FROM (
  SELECT series, any(d.sender) AS sender, toDateTime(at_bucket, 'UTC') AS bucket, sum(d.n * (f1 - f0)) AS n, sum(d.sum * (f1 - f0)) AS sum,
    sumForEach(arrayMap(c -> toUInt64(floor(c * f1 + 0.5) - floor(c * f0 + 0.5)), d.counts)) AS counts,
    sum(toUInt64(floor(d.zero * f1 + 0.5) - floor(d.zero * f0 + 0.5))) AS zero, min(d.low) AS low, max(d.high) AS high,
    any(d.bounds) AS bounds, any(d.scale) AS scale, any(d.offset) AS offset, max(d.at) AS at, max(d.at - d.since > 300 * $NS) AS estimated
  FROM (
    SELECT *, arrayJoin(range(greatest(intDiv(since, 10 * $NS) * 10, $FIRST), least(intDiv(at - 1, 10 * $NS) * 10, $LAST) + 10, 10)) AS at_bucket,
      greatest(0, (at_bucket * $NS - since) / (at - since)) AS f0, least(1, ((at_bucket + 10) * $NS - since) / (at - since)) AS f1
    FROM fold_deltas WHERE since > 0
  ) AS d
  GROUP BY series, at_bucket, shape
) AS s
INNER JOIN (SELECT series, drawn, unit_ms FROM fold_read WHERE NOT classic) AS r USING (series)
LEFT JOIN fold_intervals AS i USING (sender, bucket);
