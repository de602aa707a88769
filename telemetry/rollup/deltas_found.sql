-- What the differences show that is not steady: points sent twice, counters that fell, points that do not say since when they count.
SELECT max(again) AS again, max(fell) AS fell, max(since = 0) AS first FROM fold_deltas;
