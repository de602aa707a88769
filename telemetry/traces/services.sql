-- Owners of spans heard since then, in order of their ids.
SELECT node FROM services GROUP BY node HAVING max(last_seen) >= {since:DateTime('UTC')} ORDER BY node LIMIT {most:UInt32};
