-- Traces that match, those of the lowest ids: ids have nothing to do with what happened, and spans of neighbouring ids are stored
-- together. And how many there are.
SELECT lower(hex(trace_id)) AS trace, count() OVER () AS total
FROM (SELECT trace_id FROM spans WHERE $FOUND GROUP BY trace_id)
ORDER BY trace_id
LIMIT {limit:UInt32}
SETTINGS allow_reorder_prewhere_conditions = 0;
