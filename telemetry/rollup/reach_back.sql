-- Bucket (Unix seconds) furthest back, of [first - 600 s, back), of the last point of a series that has one in [first, last] and
-- none in [back, first): it was silent while its sender was not. 0 for none. Reads points by bucket, then by (bucket, metric, series).
SELECT if(count() = 0, 0, toUnixTimestamp(min(newest))) AS at
FROM (
  SELECT max(bucket) AS newest FROM points
  WHERE form IN (2, 3) AND bucket BETWEEN {first:DateTime('UTC')} - 600 AND {back:DateTime('UTC')} - 10 AND (metric, series) IN (
    SELECT metric, series FROM points
    WHERE form IN (2, 3) AND bucket BETWEEN {first:DateTime('UTC')} AND {last:DateTime('UTC')}
      AND series IN (SELECT series FROM readings WHERE why = '')
      AND series NOT IN (SELECT series FROM points WHERE form IN (2, 3) AND bucket BETWEEN {back:DateTime('UTC')} AND {first:DateTime('UTC')} - 10))
  GROUP BY series
);
