-- Series that several seem to write, since `since`: the most torn first, at most 20.
SELECT metric, sender_name AS sender, max(n) AS falls, uniqExact(series) AS series, toUnixTimestamp(min(at)) AS first
FROM conflicts FINAL WHERE at >= {since:DateTime('UTC')}
GROUP BY metric, sender ORDER BY falls DESC, metric, sender LIMIT 20;
