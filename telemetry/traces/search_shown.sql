-- Of given traces those that an earlier page has shown: they have a match at or after its end.
SELECT DISTINCT lower(hex(trace_id)) AS trace
FROM spans
WHERE $FOUND
  AND (ts > fromUnixTimestamp64Nano({before:Int64}, 'UTC')
    OR ts = fromUnixTimestamp64Nano({before:Int64}, 'UTC') AND trace_id >= toFixedString(unhex({before_trace:String}), 16))
SETTINGS $IN_ORDER;
