-- Spans of each bucket in [since, until].
SELECT toUnixTimestamp(bucket) AS at, count() AS spans FROM spans
WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} GROUP BY bucket;
