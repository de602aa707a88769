-- Of given traces, for every value of a matching span: in how many of the chosen and of the others it is, what differs most first,
-- and how many values there are. What has no text (arrays, lists, bytes) and long text is left out.
-- let TEXTS = arrayFilter(x -> x.2 != '' AND length(x.2) <= 200 AND x.3 < 'array_value', arrayZip(mapKeys(attributes), mapValues(attributes), kinds))
-- let OWN = [('span', 'service', node), ('span', 'operation', operation), ('span', 'version', version), ('span', 'instance', instance), ('span', 'flag', flags), ('span', 'kind', toString(kind))]
SELECT said.1 AS scope, said.2 AS field, said.3 AS value, uniqExactIf(trace_id, chosen) AS selected, uniqExactIf(trace_id, NOT chosen) AS rest,
  count() OVER () AS compared
FROM (
  SELECT trace_id, lower(hex(trace_id)) IN (SELECT arrayJoin({chosen:Array(String)})) AS chosen,
    arrayJoin(arrayConcat(CAST($OWN, 'Array(Tuple(String, String, String))'), arrayMap(x -> ('attribute', toString(x.1), x.2), $TEXTS))) AS said
  FROM spans WHERE $FOUND
)
WHERE value != ''
GROUP BY scope, field, value
HAVING selected + rest >= {fewest:UInt32}
ORDER BY abs(selected / {chosen_n:UInt32} - rest / {others_n:UInt32}) DESC, scope, field, value
LIMIT {limit:UInt32}
SETTINGS allow_reorder_prewhere_conditions = 0;
