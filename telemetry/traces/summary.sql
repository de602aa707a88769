-- Given traces, one row for each of their services: its spans, failures and matches, when it began and ended, its earliest
-- span, a root before all others, and how many spans name a parent that is not here. Found by hour and the bloom index of ids.
-- let NEAR = toStartOfHour(bucket) IN (SELECT arrayJoin({hours:Array(DateTime('UTC'))})) AND NOT late AND $AMONG AND $SEEN
WITH read AS (
  SELECT trace_id, span_id, parent_id, node, operation, $START AS start, start + duration AS end, $FAILED AS failed,
    ($STARTS AND ($MATCH)) AS matches
  FROM spans WHERE $NEAR ORDER BY ts, span_id LIMIT 1 BY trace_id, span_id, role, node
)
SELECT lower(hex(trace_id)) AS trace, node, count() AS spans, countIf(failed) AS errors, min(start) AS began, max(end) AS ended,
  countIf(parent_id = 0) AS roots,
  countIf(parent_id != 0 AND cityHash64(trace_id, parent_id) NOT IN (SELECT cityHash64(trace_id, span_id) FROM spans WHERE $NEAR)) AS orphans,
  min((parent_id != 0, start)) AS first, argMin(operation, (parent_id != 0, start)) AS first_operation,
  arrayMap(s -> lower(hex(reinterpretAsFixedString(s))), groupArrayIf(100)(span_id, matches)) AS matched
FROM read
GROUP BY trace_id, node
SETTINGS allow_reorder_prewhere_conditions = 0;
