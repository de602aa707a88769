-- The same of the attributes of the matching spans' resources.
-- let TEXTS = arrayFilter(x -> x.2 != '' AND length(x.2) <= 200 AND x.3 < 'array_value', arrayZip(mapKeys(attributes), mapValues(attributes), kinds))
SELECT 'resource' AS scope, said.1 AS field, said.2 AS value, uniqExactIf(trace_id, chosen) AS selected, uniqExactIf(trace_id, NOT chosen) AS rest,
  count() OVER () AS compared
FROM (SELECT DISTINCT trace_id, lower(hex(trace_id)) IN (SELECT arrayJoin({chosen:Array(String)})) AS chosen, resource_id FROM spans WHERE $FOUND) AS s
INNER JOIN (
  SELECT resource_id, arrayJoin(arrayMap(x -> (toString(x.1), x.2), $TEXTS)) AS said FROM resources
  WHERE resource_id IN (SELECT resource_id FROM spans WHERE $FOUND) ORDER BY day DESC LIMIT 1 BY resource_id, said.1
) AS r ON r.resource_id = s.resource_id
GROUP BY scope, field, value
HAVING selected + rest >= {fewest:UInt32}
ORDER BY abs(selected / {chosen_n:UInt32} - rest / {others_n:UInt32}) DESC, field, value
LIMIT {limit:UInt32}
SETTINGS allow_reorder_prewhere_conditions = 0;
