-- Points of read series in the run's buckets and between the flushes around it: three buckets before and two after, further for those who send
-- more seldom. Reads points by bucket.
INSERT INTO fold_points
SELECT series, sender, at, start, form, total, sum, low, high, bounds, counts, scale, offset, zero
FROM points_counted
WHERE bucket BETWEEN {oldest:DateTime('UTC')} AND {newest:DateTime('UTC')} AND series IN (SELECT series FROM fold_read)
  AND (bucket BETWEEN {first:DateTime('UTC')} - 30 AND {last:DateTime('UTC')} + 20 OR sender IN (SELECT sender FROM fold_senders WHERE NOT near));
