-- What happened between two points of a series: one row a point of (first, …] that reaches into the run. since 0 where a counter has
-- no point in the 10 minutes before: n is then all it has. It fell if the count or any bucket did, or if its bounds changed (a
-- process began again); a start that moved alone says nothing, nor does a sum that fell. Reads fold_points, sorts it by series.
-- let COLUMNS = series, sender, at, start, kind, total, total_int, whole, sum, low, high, bounds, counts, scale, offset, zero
-- let ON = goes_on AND NOT fell
INSERT INTO fold_deltas
SELECT series, sender, if(goes_on, p_at, 0) AS since, at, start, kind,
  if($ON, if(whole AND p_whole, toFloat64(total_int - p_total_int), total - p_total), total) AS n,
  if($ON, greatest(0, sum - p_sum), sum) AS sum, low, high, bounds,
  if($ON, arrayMap((c, b) -> toUInt64(c - b), now, then), now) AS counts,
  at_scale AS scale, at_offset AS offset, if($ON, zero - p_zero, zero) AS zero, total,
  if(empty(now), 0, cityHash64(bounds, at_scale, at_offset, length(now))) AS shape,
  goes_on AND fell AS fell, at = p_at AND (kind = 1 OR start = p_start) AS again
FROM (
  SELECT *,
    if(moved, meshui_level(counts, offset, scale - at_scale, at_offset, size), counts) AS now,
    if(moved, meshui_level(p_counts, p_offset, p_scale - at_scale, at_offset, size), arrayResize(p_counts, length(counts))) AS then,
    goes_on AND (if(whole AND p_whole, total_int < p_total_int, total < p_total) OR zero < p_zero OR bounds != p_bounds
      OR (scale = 127) != (p_scale = 127) OR (notEmpty(now) AND arrayExists((c, b) -> c < b, now, then))) AS fell
  FROM (
    SELECT *, kind = 1 AND p_at > 0 AND at - p_at <= 600000000000 AS goes_on,
      goes_on AND scale != 127 AND p_scale != 127 AND (offset, scale, length(counts)) != (p_offset, p_scale, length(p_counts)) AS moved,
      if(moved, least(scale, p_scale), scale) AS at_scale,
      if(moved, least(bitShiftRight(offset, toUInt8(scale - at_scale)), bitShiftRight(p_offset, toUInt8(p_scale - at_scale))), offset) AS at_offset,
      if(moved, greatest(meshui_end(counts, offset, scale - at_scale), meshui_end(p_counts, p_offset, p_scale - at_scale)) - at_offset, 0) AS size
    FROM (
      SELECT $COLUMNS, lagInFrame(at) OVER w AS p_at, lagInFrame(start) OVER w AS p_start, lagInFrame(total) OVER w AS p_total,
        lagInFrame(total_int) OVER w AS p_total_int, lagInFrame(whole) OVER w AS p_whole, lagInFrame(sum) OVER w AS p_sum,
        lagInFrame(bounds) OVER w AS p_bounds, lagInFrame(counts) OVER w AS p_counts, lagInFrame(scale) OVER w AS p_scale,
        lagInFrame(offset) OVER w AS p_offset, lagInFrame(zero) OVER w AS p_zero
      FROM fold_points WHERE kind > 0
      WINDOW w AS (PARTITION BY series, kind ORDER BY at, start, total ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
  )
)
WHERE at > toUnixTimestamp({first:DateTime('UTC')}) * 1000000000
  AND since < (toUnixTimestamp({last:DateTime('UTC')}) + 10) * 1000000000;
