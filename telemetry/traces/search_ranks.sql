-- Traces by RANK, how long they took (ns) or how many of their spans failed, from `before` on, whether they match or not.
SELECT lower(hex(trace_id)) AS trace, toInt64($RANK) AS rank, began AS at
FROM ($EXTENTS)
WHERE (rank, trace_id) < ({before:Int64}, toFixedString(unhex({before_trace:String}), 16))
ORDER BY rank DESC, trace_id DESC
LIMIT {limit:UInt32}
SETTINGS $IN_ORDER;
