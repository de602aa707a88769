-- What happened between two points of a series: one row a point that reaches into the run, or fell near it. since 0 where a counter has
-- no point in the 10 minutes before: n is then all it has. It fell if the count or any bucket did, or if its bounds changed (a
-- process began again); a start that moved alone says nothing, nor does a sum that fell. Reads fold_points, sorts it by series.
INSERT INTO fold_deltas
SELECT series, sender, if(goes_on, p_at, 0) AS since, at, start, form,
  if(rose, total - p_total, total) AS n, if(rose, greatest(0, sum - p_sum), sum) AS sum, low, high,
  if(rose, arrayMap((c, b) -> toUInt64(c - b), counts, arrayResize(p_counts, length(counts))), counts) AS counts,
  if(empty(counts), 0, shape), 127 AS scale, 0 AS offset, 0 AS zero, total,
  goes_on AND NOT rose AS fell, at = p_at AND (form = 2 OR start = p_start) AS again
FROM (
  SELECT *, form = 2 AND p_at > 0 AND at - p_at <= 600000000000 AS goes_on,
    goes_on AND total >= p_total AND shape = p_shape
      AND NOT (notEmpty(counts) AND arrayExists((c, b) -> c < b, counts, arrayResize(p_counts, length(counts)))) AS rose
  FROM (
    SELECT series, sender, at, start, form, total, sum, low, high, counts, cityHash64(bounds) AS shape, lagInFrame(shape) OVER w AS p_shape,
      lagInFrame(at) OVER w AS p_at, lagInFrame(start) OVER w AS p_start, lagInFrame(total) OVER w AS p_total,
      lagInFrame(sum) OVER w AS p_sum, lagInFrame(counts) OVER w AS p_counts
    FROM fold_points WHERE form IN (2, 3) AND scale = 127
    WINDOW w AS (PARTITION BY series, form ORDER BY at, start, total ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
  )
)
WHERE fell OR (at > toUnixTimestamp({first:DateTime('UTC')}) * 1000000000 AND since < (toUnixTimestamp({last:DateTime('UTC')}) + 10) * 1000000000);
