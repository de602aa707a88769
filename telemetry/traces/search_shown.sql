-- Of given traces those that an earlier page has shown: they have a match at or after its end.
SELECT DISTINCT lower(hex(trace_id)) AS trace
FROM spans
WHERE $WITHIN AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16)) AND ($MATCH)
  AND (ts > fromUnixTimestamp64Nano({before:Int64}, 'UTC')
    OR ts = fromUnixTimestamp64Nano({before:Int64}, 'UTC') AND trace_id >= toFixedString(unhex({before_trace:String}), 16));
