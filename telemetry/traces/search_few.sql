-- Traces that match, as far as `limit`: reading ends there.
SELECT DISTINCT lower(hex(trace_id)) AS trace FROM spans WHERE $FOUND LIMIT {limit:UInt32} SETTINGS $IN_ORDER;
