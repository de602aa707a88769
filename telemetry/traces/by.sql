-- Matching traces by a value that their matching spans, or those spans' resources, have in a field: how many, how many of them have
-- a failure, how long they took (ns). The values with most traces; a trace with several values counts for each.
-- let OWN = multiIf({field:String} = 'service', node, {field:String} = 'operation', operation, {field:String} = 'version', version, {field:String} = 'instance', instance, {field:String} = 'flag', flags, {field:String} = 'span.name', name, '')
-- let SENT = if(attributes[{field:String}] != '', attributes[{field:String}], r.value)
SELECT said.value AS value, count() AS traces, countIf(t.failures > 0) AS failed, quantilesExact(0.5, 0.95, 0.99)(t.extent) AS quantiles,
  count() OVER () AS values
FROM (
  SELECT DISTINCT trace_id, if({own:UInt8} = 1, $OWN, $SENT) AS value
  FROM spans AS s LEFT JOIN (
    SELECT resource_id, attributes[{field:String}] AS value FROM resources
    WHERE {own:UInt8} = 0 AND mapContains(attributes, {field:String}) ORDER BY day DESC LIMIT 1 BY resource_id
  ) AS r ON r.resource_id = s.resource_id
  WHERE $FOUND
) AS said
INNER JOIN ($TRACES) AS t ON t.trace_id = said.trace_id
WHERE said.value != ''
GROUP BY value
ORDER BY traces DESC, value
LIMIT {limit:UInt32};
