-- Bucket (Unix seconds) furthest back that may change because a counter with points in [first, last] fell: a third fall makes two writers
-- of what looked like a process that began again, from the first fall of a minute on, and so from the point before it. 0 if none
-- fell. Reads points of the minute before by bucket, then those series alone.
-- let TOTAL = if(p.type = 'sum', p.value, toFloat64(p.count))
SELECT if(count() = 0, 0, toUnixTimestamp(min(if(before = 0, oldest, before)))) AS at
FROM (
  SELECT maxIf(bucket, bucket <= {first:DateTime('UTC')} - 70) AS before, min(bucket) AS oldest FROM points
  WHERE bucket BETWEEN {first:DateTime('UTC')} - 670 AND {last:DateTime('UTC')} AND form = 2 AND (metric, series) IN (
    SELECT metric, series FROM points AS p
    WHERE bucket BETWEEN {first:DateTime('UTC')} - 70 AND {last:DateTime('UTC')} AND form = 2 AND series IN (SELECT series FROM readings WHERE why = '')
    GROUP BY metric, series
    HAVING arrayExists((v, before) -> v < before, arraySort(groupArray((p.ts, $TOTAL))).2 AS totals, arrayPushFront(arrayPopBack(totals), 0)))
  GROUP BY series
);
