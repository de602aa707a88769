-- The first point after the run of series that were not in the flush after it, or in none around it: nobody's in steady state.
INSERT INTO fold_points
SELECT series, sender, at, start, form, total, sum, low, high, bounds, counts, scale, offset, zero
FROM points_counted
WHERE bucket BETWEEN {last:DateTime('UTC')} + 10 AND {last:DateTime('UTC')} + 610 AND series IN (SELECT series FROM fold_read) AND form = 2
  AND NOT (bucket <= {newest:DateTime('UTC')} AND (bucket <= {last:DateTime('UTC')} + 20 OR sender IN (SELECT sender FROM fold_senders WHERE NOT near)))
  AND series NOT IN (SELECT series FROM fold_points WHERE at >= (toUnixTimestamp({last:DateTime('UTC')}) + 10) * 1000000000)
ORDER BY at, total DESC LIMIT 1 BY series;
