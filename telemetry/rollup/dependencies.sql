-- Calls of each pair in [since, until), what counts only: requests, and connections of TCP. A call is never less than one: weights
-- of samples and shares of counters are no whole numbers.
SELECT source, target, toUInt64(greatest(1, round(sum(if(protocol = 'tcp', ifNull(connections, 0), requests))))) AS calls
FROM edges_counted(since = {since:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')})
WHERE counts
GROUP BY source, target HAVING sum(if(protocol = 'tcp', ifNull(connections, 0), requests)) > 0
ORDER BY source, target LIMIT 100000;
