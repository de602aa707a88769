-- What senders said of themselves, by resource ids: the newest row of each.
SELECT resource_id, mapKeys(attributes) AS keys, CAST(kinds, 'Array(Int8)') AS kinds,
  arrayMap((kind, value) -> if(kind >= 'array_value', hex(value), value), resources.kinds, mapValues(attributes)) AS values
FROM resources
WHERE resource_id IN (SELECT arrayJoin({ids:Array(UInt64)}))
ORDER BY day DESC
LIMIT 1 BY resource_id
