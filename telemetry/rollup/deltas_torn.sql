-- Series that fell three times within a minute: two write to them, since a process does not start so often. From the first of such
-- falls to the point after the last one, a point counts from the greatest of those before it and of the minute before those, and not
-- at all if it is below that: what the one with the greater numbers counted. Rows of fold_deltas are replaced. Reads series that fell
-- alone, 11 minutes around the run.
-- let MINUTE = 60000000000
TRUNCATE TABLE fold_points_once;

INSERT INTO fold_points_once
SELECT series, sender, at, start, form, total, sum, low, high, bounds, counts, scale, offset, zero
FROM points_counted
WHERE bucket BETWEEN {first:DateTime('UTC')} - 670 AND {last:DateTime('UTC')} + 680 AND form = 2
  AND (metric, series) IN (SELECT metric, series FROM fold_read WHERE series IN (SELECT series FROM fold_deltas WHERE fell))
ORDER BY total DESC, sum DESC, counts DESC LIMIT 1 BY series, at;

INSERT INTO fold_torn
SELECT series, at, arrayLast(t -> t < at, times) AS before, has(falls, at) AS fell
FROM (
  SELECT series, arraySort(groupArray((at, total))) AS points, points.1 AS times, points.2 AS totals,
    arrayFilter((t, v, before) -> v < before, times, totals, arrayPushFront(arrayPopBack(totals), 0)) AS falls,
    arrayFilter(b -> b.2 - b.1 < $MINUTE, arrayZip(arrayResize(falls, greatest(0, length(falls) - 2)), arraySlice(falls, 3))) AS close,
    arrayMap(b -> (b.1, greatest(b.2, arrayFirst(t -> t > b.2, times))), close) AS bursts
  FROM fold_points_once GROUP BY series HAVING notEmpty(bursts)
) ARRAY JOIN times AS at
WHERE arrayExists(b -> at BETWEEN b.1 AND b.2, bursts);

ALTER TABLE fold_deltas DELETE WHERE (series, at) IN (SELECT series, at FROM fold_torn);

INSERT INTO fold_deltas
WITH (p.scale = 127 OR p.scale <= 3) AND p.zero >= best.6 AND best.5 = cityHash64(p.bounds, p.scale, p.offset, length(p.counts))
  AND NOT arrayExists((c, b) -> c < b, p.counts, arrayResize(best.4, length(p.counts))) AS fits
SELECT p.series, p.sender, best.1 AS since, p.at, p.start, 2 AS form, p.total - best.2 AS n, greatest(0, p.sum - best.3) AS sum, p.low, p.high,
  if(fits, arrayMap((c, b) -> toUInt64(c - b), p.counts, arrayResize(best.4, length(p.counts))), []) AS counts,
  if(empty(counts), 0, if(p.scale = 127, cityHash64(p.bounds), cityHash64(p.scale, p.offset, length(p.counts)))) AS shape,
  p.scale, p.offset, if(fits, p.zero - best.6, 0) AS zero, p.total, 0 AS fell, 0 AS again
FROM fold_points_once AS p
INNER JOIN (
  SELECT t.series AS series, t.at AS at,
    argMax((q.at, q.total, q.sum, q.counts, cityHash64(q.bounds, q.scale, q.offset, length(q.counts)), q.zero), (q.total, q.at)) AS best
  FROM fold_torn AS t INNER JOIN fold_points_once AS q USING (series)
  WHERE q.at < t.at AND q.at >= t.before - $MINUTE GROUP BY series, at
) AS b USING (series, at)
WHERE p.total >= best.2 AND p.at > toUnixTimestamp({first:DateTime('UTC')}) * 1000000000
  AND since < (toUnixTimestamp({last:DateTime('UTC')}) + 10) * 1000000000;

-- Falls of each minute that the run touches, for the warning.
INSERT INTO conflicts
SELECT toStartOfMinute(toDateTime(intDiv(t.at, 1000000000), 'UTC')) AS minute, t.series, n.metric, n.sender_name, sum(t.fell) AS n
FROM fold_torn AS t
INNER JOIN (
  SELECT series, any(p.metric) AS metric, any(p.sender_name) AS sender_name FROM points AS p
  WHERE bucket BETWEEN {first:DateTime('UTC')} - 670 AND {last:DateTime('UTC')} + 680
    AND (p.metric, p.series) IN (SELECT metric, series FROM fold_read WHERE series IN (SELECT series FROM fold_torn))
  GROUP BY series
) AS n USING (series)
WHERE minute BETWEEN toStartOfMinute({first:DateTime('UTC')}) AND {last:DateTime('UTC')}
GROUP BY minute, t.series, n.metric, n.sender_name HAVING n > 0;
