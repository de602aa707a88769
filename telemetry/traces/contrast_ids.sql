-- Traces that match, in an order that has nothing to do with them, and how many there are.
SELECT lower(hex(trace_id)) AS trace, count() OVER () AS total
FROM (SELECT trace_id FROM spans WHERE $FOUND GROUP BY trace_id)
ORDER BY cityHash64(trace_id)
LIMIT {limit:UInt32}
SETTINGS allow_reorder_prewhere_conditions = 0;
