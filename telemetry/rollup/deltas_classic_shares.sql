-- As deltas_explicit_shares, of histograms that come as one series a bucket: one row a family and bucket, under the series of its
-- greatest `le`. A bound whose series has no point counts with the next one; where a lower bound has reached more than a higher, the
-- higher follows, but the greatest says how many there are.
-- let NS = toInt64(1000000000)
-- let FIRST = toUnixTimestamp({first:DateTime('UTC')})
-- let LAST = toUnixTimestamp({last:DateTime('UTC')})
INSERT INTO fold_shares
WITH arraySort(groupArray((le, counted))) AS upto, upto.1 AS les, upto.2 AS reached_by,
  arrayMap(c -> least(c, reached_by[-1]), arrayCumSum(arrayMap((c, before) -> greatest(0, c - before), reached_by, arrayPushFront(arrayPopBack(reached_by), 0)))) AS rising,
  arrayMap((c, before) -> toUInt64(c - before), rising, arrayPushFront(arrayPopBack(rising), 0)) AS counts,
  arrayMap(b -> b * any(unit_ms), arrayFilter(b -> isFinite(b), les)) AS bounds,
  if(empty(bounds), [], meshui_explicit(bounds, arrayResize(counts, length(bounds) + 1), nan, nan)) AS items,
  meshui_reached(arraySum((c, b) -> if(b <= 0, c, 0), arrayResize(counts, length(bounds)), bounds), items) AS reached, meshui_last_of_bin(reached) AS last_of_bin
SELECT f.bucket, argMax(f.series, f.le) AS series, argMax(f.n, f.le) AS n, 0 AS sum, meshui_steps(last_of_bin) AS bins,
  fromUnixTimestamp64Milli(intDiv(max(newest), 1000000), 'UTC') AS until, any(i.interval_s) AS interval_s, max(estimated) AS estimated
FROM (
  SELECT family, le, toDateTime(begin, 'UTC') AS bucket, any(unit_ms) AS unit_ms, any(d.series) AS series, any(sender) AS sender, sum(d.n * (f1 - f0)) AS n,
    sum(floor(d.n * f1 + 0.5) - floor(d.n * f0 + 0.5)) AS counted, max(at) AS newest, max(at - since > 300 * $NS) AS estimated
  FROM (
    SELECT series, sender, since, at, n, arrayJoin(range(greatest(intDiv(since, 10 * $NS) * 10, $FIRST), least(intDiv(at - 1, 10 * $NS) * 10, $LAST) + 10, 10)) AS begin,
      greatest(0, (begin * $NS - since) / (at - since)) AS f0, least(1, ((begin + 10) * $NS - since) / (at - since)) AS f1
    FROM fold_deltas WHERE since > 0 AND series IN (SELECT series FROM fold_read WHERE classic)
  ) AS d
  INNER JOIN fold_read AS r USING (series)
  GROUP BY family, le, begin
) AS f
LEFT JOIN fold_intervals AS i USING (sender, bucket)
GROUP BY f.family, f.bucket
SETTINGS short_circuit_function_evaluation = 'disable';
