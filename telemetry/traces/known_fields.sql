-- Names of attributes, of the newest spans and of the resources of the last days, the most frequent first.
SELECT name, sum(n) AS n
FROM (
  SELECT toString(arrayJoin(attributes.keys)) AS name, count() AS n
  FROM (SELECT attributes.keys FROM spans WHERE bucket >= {since:DateTime('UTC')} ORDER BY bucket DESC LIMIT {spans:UInt32})
  GROUP BY name
  UNION ALL
  SELECT toString(arrayJoin(attributes.keys)) AS name, count() AS n FROM resources WHERE day >= toDate({since:DateTime('UTC')}) GROUP BY name
)
WHERE positionCaseInsensitive(name, {part:String}) > 0
GROUP BY name
ORDER BY startsWith(lower(name), lower({part:String})) DESC, n DESC, name
LIMIT {limit:UInt32};
