-- Traces that match by how long they took (ns) or how many of their spans failed, from `before` on: for a condition that may be asked of every span.
SELECT lower(hex(trace_id)) AS trace, if({by_errors:UInt8}, toInt64(failures), toInt64(extent)) AS rank, began AS at
FROM ($TRACES)
WHERE newest > 0 AND (rank, trace_id) < ({before:Int64}, toFixedString(unhex({before_trace:String}), 16))
ORDER BY rank DESC, trace_id DESC
LIMIT {limit:UInt32}
SETTINGS $IN_ORDER;
