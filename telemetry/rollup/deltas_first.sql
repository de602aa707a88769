-- Since when those count that have no point before them: since their start if it is no older than two intervals, but not before the
-- sender's last flush, of which they were no part. A counter without either is a baseline and counts nothing; a delta counts since
-- that flush however old, else for one interval.
-- let MOMENT = 500000000
-- let AT_MOST = least(2 * gap, 600000000000)
INSERT INTO fold_deltas
SELECT series, sender, multiIf(
    start > 0 AND at - start BETWEEN $MOMENT AND $AT_MOST, if(at - flushed <= $AT_MOST, greatest(start, flushed), start),
    flushed > 0 AND at - flushed <= if(form = 3, 600000000000, $AT_MOST), flushed,
    form = 3, at - gap, 0) AS known,
  at, start, form, n, sum, low, high, counts, shape, scale, offset, zero, total, fell, again
FROM (SELECT * FROM fold_deltas WHERE since = 0) AS d
INNER JOIN (
  SELECT sender, at, arrayFilter(t -> t >= at - 600000000000 AND t <= at, times) AS heard,
    arraySort(arrayFilter(g -> g >= $MOMENT, arrayPopFront(arrayDifference(heard)))) AS gaps,
    if(empty(gaps), 60000000000, gaps[intDiv(length(gaps) + 1, 2)]) AS gap, arrayLast(t -> t <= at - $MOMENT, heard) AS flushed
  FROM (SELECT DISTINCT sender, at FROM fold_deltas WHERE since = 0) AS asked INNER JOIN fold_senders AS s USING (sender)
) AS f USING (sender, at)
WHERE known > 0 AND known < (toUnixTimestamp({last:DateTime('UTC')}) + 10) * 1000000000;
