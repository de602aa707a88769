-- Points or log records that came into each bucket in [since, until], as their segments noted them.
SELECT toUnixTimestamp(bucket) AS at, sum(n) AS rows FROM dirty
WHERE signal = {signal:String} AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} GROUP BY bucket;
