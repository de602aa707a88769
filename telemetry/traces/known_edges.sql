-- Calls of the last hours, the busiest first.
SELECT concat(source, '→', target) AS value, sum(requests) AS n
FROM edges_10s
WHERE bucket >= {since:DateTime('UTC')} AND positionCaseInsensitiveUTF8(concat(source, '→', target), replaceOne({part:String}, '->', '→')) > 0
GROUP BY value
HAVING n > 0
ORDER BY n DESC, value
LIMIT {limit:UInt32};
