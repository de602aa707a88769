-- Gauges: one row a series and bucket of [first, last], the greatest value in the bucket (the least of what is left of something), or
-- else the newest before it if the sender's interval reaches so far and the series has not ended. Reads fold_points.
-- let LEFT = g.series IN (SELECT series FROM readings WHERE measure IN ('remaining_cx', 'remaining_rq', 'remaining_pending', 'healthy'))
-- let NS = toInt64(1000000000)
INSERT INTO fold_shares
SELECT i.bucket, g.series, if($LEFT, arrayMin(said.2), arrayMax(said.2)) AS n, 0 AS sum, map() AS bins, fromUnixTimestamp64Milli(intDiv(arrayMax(said.1), 1000000), 'UTC') AS until, i.interval_s, 0 AS estimated
FROM (SELECT series, any(sender) AS sender, arraySort(groupArray((at, total, form = 4))) AS all FROM fold_points WHERE form IN (1, 4) GROUP BY series) AS g
INNER JOIN fold_intervals AS i USING (sender)
ARRAY JOIN [(toUnixTimestamp(i.bucket) * $NS)] AS border
ARRAY JOIN [arrayFilter(p -> p.1 >= border AND p.1 < border + 10 * $NS AND NOT p.3, g.all)] AS within
ARRAY JOIN [arrayLast(p -> p.1 < border, g.all)] AS newest
ARRAY JOIN [if(notEmpty(within), within, if(newest.1 > 0 AND NOT newest.3 AND newest.1 >= border - i.interval_s * $NS, [newest], []))] AS said
WHERE notEmpty(said);
