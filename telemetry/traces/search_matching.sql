-- Which of these traces match.
SELECT DISTINCT lower(hex(trace_id)) AS trace FROM spans WHERE $FOUND SETTINGS $IN_ORDER;
