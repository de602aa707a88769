-- The newest good traces that began with one operation of a service: their ids, at most as many as asked. Reads in the order of the
-- primary key from the newest bucket backwards and stops when it has them.
SELECT lower(hex(trace_id)) AS id
FROM spans
WHERE bucket BETWEEN fromUnixTimestamp({since:UInt32}) AND fromUnixTimestamp({until:UInt32})
  AND node = {node:String} AND operation = {operation:String} AND kind = {kind:UInt8} AND proxy = {proxy:UInt8}
  AND (parent_id = 0) = {rooted:UInt8} AND NOT late
  AND meshui_class(code, grpc, flags, status, kind != 3) = 'ok'
  AND trace_id != toFixedString(unhex({trace:String}), 16)
ORDER BY bucket DESC, ts DESC
LIMIT 1 BY trace_id
LIMIT {most:UInt32}
