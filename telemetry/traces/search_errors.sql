-- Traces with a match by how many of their spans failed, from `before` on.
SELECT lower(hex(trace_id)) AS trace, toInt64(uniqExactIf((span_id, role, node), $FAILED)) AS rank, min($START) AS at
FROM spans
WHERE $NEAR AND trace_id IN (SELECT trace_id FROM spans WHERE $WITHIN AND ($MATCH))
GROUP BY trace_id
HAVING (rank, trace_id) < ({before:Int64}, toFixedString(unhex({before_trace:String}), 16))
ORDER BY rank DESC, trace_id DESC
LIMIT {limit:UInt32};
