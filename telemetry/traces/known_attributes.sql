-- Values of an attribute among the newest spans and the resources of the last days, the most frequent first.
SELECT value, sum(n) AS n
FROM (
  SELECT attributes[{field:String}] AS value, count() AS n
  FROM (SELECT attributes FROM spans WHERE bucket >= {since:DateTime('UTC')} ORDER BY bucket DESC LIMIT {spans:UInt32})
  GROUP BY value
  UNION ALL
  SELECT attributes[{field:String}] AS value, count() AS n FROM resources WHERE day >= toDate({since:DateTime('UTC')}) GROUP BY value
)
WHERE value != '' AND length(value) <= 200 AND positionCaseInsensitive(value, {part:String}) > 0
GROUP BY value
ORDER BY startsWith(lower(value), lower({part:String})) DESC, n DESC, value
LIMIT {limit:UInt32};
