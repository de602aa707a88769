-- Traces by their newest span that matches, newest first, from `before` on: reads in key order and stops early.
SELECT lower(hex(trace_id)) AS trace, $START AS rank, rank AS at
FROM spans
WHERE $FOUND
  AND (ts < fromUnixTimestamp64Nano({before:Int64}, 'UTC')
    OR ts = fromUnixTimestamp64Nano({before:Int64}, 'UTC') AND trace_id < toFixedString(unhex({before_trace:String}), 16))
ORDER BY bucket DESC, ts DESC, trace_id DESC
LIMIT 1 BY trace_id
LIMIT {limit:UInt32}
SETTINGS $IN_ORDER;
