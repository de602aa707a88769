-- As deltas_shares, of histograms with explicit bounds: one row a series and bucket, two where its bounds changed. Counts are whole:
-- what is reached of a delta at the bucket's end, rounded, less the same at its start. They become bins once a row.
-- let NS = toInt64(1000000000)
-- let FIRST = toUnixTimestamp({first:DateTime('UTC')})
-- let LAST = toUnixTimestamp({last:DateTime('UTC')})
INSERT INTO fold_shares
WITH meshui_explicit(arrayMap(b -> b * r.unit_ms, h.bounds), s.counts, s.low * r.unit_ms, s.high * r.unit_ms) AS items,
  meshui_reached(arraySum((c, b) -> if(b <= 0, c, 0), arrayResize(s.counts, length(h.bounds)), h.bounds), items) AS reached, meshui_last_of_bin(reached) AS last_of_bin
SELECT bucket, series, n, s.sum * r.unit_ms AS sum, meshui_steps(last_of_bin) AS bins,
  fromUnixTimestamp64Milli(intDiv(newest, 1000000), 'UTC') AS until, i.interval_s, estimated
FROM (
  SELECT series, shape, any(sender) AS sender, toDateTime(begin, 'UTC') AS bucket, sum(d.n * (f1 - f0)) AS n, sum(d.sum * (f1 - f0)) AS sum,
    sumForEach(arrayMap(c -> toUInt64(floor(c * f1 + 0.5) - floor(c * f0 + 0.5)), d.counts)) AS counts,
    min(d.low) AS low, max(d.high) AS high, max(at) AS newest, max(at - since > 300 * $NS) AS estimated
  FROM (
    SELECT series, sender, since, at, n, sum, low, high, counts, shape,
      arrayJoin(range(greatest(intDiv(since, 10 * $NS) * 10, $FIRST), least(intDiv(at - 1, 10 * $NS) * 10, $LAST) + 10, 10)) AS begin,
      greatest(0, (begin * $NS - since) / (at - since)) AS f0, least(1, ((begin + 10) * $NS - since) / (at - since)) AS f1
    FROM fold_deltas WHERE since > 0 AND shape > 0 AND scale = 127
  ) AS d
  GROUP BY series, begin, shape
) AS s
INNER JOIN (SELECT series, unit_ms FROM fold_read WHERE drawn) AS r USING (series)
INNER JOIN (SELECT DISTINCT cityHash64(bounds) AS shape, bounds FROM fold_points WHERE notEmpty(bounds)) AS h USING (shape)
LEFT JOIN fold_intervals AS i USING (sender, bucket)
SETTINGS short_circuit_function_evaluation = 'disable';
