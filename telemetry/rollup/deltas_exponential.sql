-- As deltas_counters, of exponential histograms: two points are compared at the coarser scale of both (at most 3), over the bins that
-- either has. A point that nothing precedes keeps its own.
-- let BY = toUInt8(scale - level)
-- let P_BY = toUInt8(p_scale - level)
INSERT INTO fold_deltas
SELECT series, sender, if(goes_on, p_at, 0) AS since, at, start, form,
  if(rose, total - p_total, total) AS n, if(rose, greatest(0, sum - p_sum), sum) AS sum, low, high,
  if(rose, arrayMap((c, b) -> toUInt64(c - b), now, then), now) AS counts, cityHash64(level, lowest, length(now)) AS shape, level, lowest,
  if(rose, zero - p_zero, zero) AS zero, total, goes_on AND NOT rose AS fell, at = p_at AND (form = 2 OR start = p_start) AS again
FROM (
  SELECT *, meshui_level(counts, offset, $BY, lowest, size) AS now, meshui_level(p_counts, p_offset, $P_BY, lowest, size) AS then,
    goes_on AND total >= p_total AND zero >= p_zero AND NOT arrayExists((c, b) -> c < b, now, then) AS rose
  FROM (
    SELECT *, form = 2 AND p_at > 0 AND at - p_at <= 600000000000 AS goes_on, if(goes_on, least(scale, p_scale, 3), least(scale, 3)) AS level,
      if(goes_on, least(bitShiftRight(offset, $BY), bitShiftRight(p_offset, $P_BY)), bitShiftRight(offset, $BY)) AS lowest,
      greatest(meshui_end(counts, offset, $BY), if(goes_on, meshui_end(p_counts, p_offset, $P_BY), lowest)) - lowest AS size
    FROM (
      SELECT *, lagInFrame(at) OVER w AS p_at, lagInFrame(start) OVER w AS p_start, lagInFrame(total) OVER w AS p_total,
        lagInFrame(sum) OVER w AS p_sum, lagInFrame(counts) OVER w AS p_counts, lagInFrame(scale) OVER w AS p_scale,
        lagInFrame(offset) OVER w AS p_offset, lagInFrame(zero) OVER w AS p_zero
      FROM fold_points WHERE form IN (2, 3) AND scale != 127
      WINDOW w AS (PARTITION BY series, form ORDER BY at, start, total ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
  )
)
WHERE fell OR (at > toUnixTimestamp({first:DateTime('UTC')}) * 1000000000 AND since < (toUnixTimestamp({last:DateTime('UTC')}) + 10) * 1000000000);
