-- Services that sent spans, the last heard first.
SELECT node AS value, max(s.last_seen) AS last
FROM services AS s
WHERE positionCaseInsensitive(node, {part:String}) > 0
GROUP BY node
ORDER BY startsWith(lower(substringIndex(node, '/', -1)), lower({part:String})) DESC, last DESC, value
LIMIT {limit:UInt32};
