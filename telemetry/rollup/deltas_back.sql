-- The last point before the run of series that were not in the flush before it: mostly series that are new, and have none. Those
-- without a point before `first` are few; each is looked up by (bucket, metric, series).
INSERT INTO fold_points
SELECT series, sender, at, start, form, total, sum, low, high, bounds, counts, scale, offset, zero
FROM points_counted
WHERE bucket BETWEEN {first:DateTime('UTC')} - 600 AND {first:DateTime('UTC')}
  AND (metric, series) IN (
    SELECT metric, series FROM fold_read WHERE series IN (
      SELECT series FROM fold_points WHERE form != 3 GROUP BY series HAVING min(at) > toUnixTimestamp({first:DateTime('UTC')}) * 1000000000))
  AND NOT (bucket BETWEEN {oldest:DateTime('UTC')} AND {newest:DateTime('UTC')}
    AND (bucket >= {first:DateTime('UTC')} - 30 OR sender IN (SELECT sender FROM fold_senders WHERE NOT near)))
ORDER BY at DESC, total DESC LIMIT 1 BY series;
