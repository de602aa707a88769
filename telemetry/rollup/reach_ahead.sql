-- As reach_back, the other way: furthest ahead, of (ahead, last + 600 s], of the first point of a series with none in (last, ahead].
SELECT if(count() = 0, 0, toUnixTimestamp(max(oldest))) AS at
FROM (
  SELECT min(bucket) AS oldest FROM points
  WHERE form IN (2, 3) AND bucket BETWEEN {ahead:DateTime('UTC')} + 10 AND {last:DateTime('UTC')} + 600 AND (metric, series) IN (
    SELECT metric, series FROM points
    WHERE form IN (2, 3) AND bucket BETWEEN {first:DateTime('UTC')} AND {last:DateTime('UTC')}
      AND series IN (SELECT series FROM readings WHERE why = '')
      AND series NOT IN (SELECT series FROM points WHERE form IN (2, 3) AND bucket BETWEEN {last:DateTime('UTC')} + 10 AND {ahead:DateTime('UTC')}))
  GROUP BY series
);
