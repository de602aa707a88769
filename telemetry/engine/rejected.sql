-- What only the engine could see as wrong, since `since`: one row a sender and reason, most first, at most 20. Reads rejects by time.
SELECT sender, reason, sum(n) AS n, toString(min(at)) AS first, toString(max(at)) AS last
FROM rejects
WHERE at >= {since:DateTime('UTC')}
GROUP BY sender, reason
ORDER BY n DESC, sender, reason
LIMIT 20;
