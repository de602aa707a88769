-- The questions of `bench query` as a person would write them for this table, in the order of query.py: the newest twenty traces (the
-- longest, or those with most failures) and nothing about them. What is left between these and MeshUI's own is what it adds: summaries
-- of the traces found, numbers over all matches, one snapshot for all pages.
-- let HOUR = bucket >= fromUnixTimestamp({since:UInt32}) AND bucket < fromUnixTimestamp({since:UInt32} + 3600)
-- let NEWEST = ORDER BY bucket DESC, ts DESC LIMIT 1 BY trace_id LIMIT 20 SETTINGS use_query_condition_cache = 0
-- let BEST = ORDER BY rank DESC LIMIT 20 SETTINGS use_query_condition_cache = 0
-- let EXTENT = max(toUnixTimestamp64Nano(ts) + duration) - min(toUnixTimestamp64Nano(ts))
SELECT * EXCEPT (trace_id, span_id, events, links) FROM spans WHERE trace_id = toFixedString(unhex({trace:String}), 16) SETTINGS use_query_condition_cache = 0;
SELECT hex(trace_id) FROM spans WHERE $HOUR $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND node = {node:String} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND node = {node:String} AND operation = {operation:String} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND node = {node:String} AND (status = 2 OR code >= 500) $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND (status = 2 OR code >= 500) AND duration > {ns:UInt64} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND node = {node:String} AND duration > {ns:UInt64} $NEWEST;
SELECT hex(trace_id), $EXTENT AS rank FROM spans WHERE $HOUR AND trace_id IN (SELECT trace_id FROM spans WHERE $HOUR AND node = {node:String}) GROUP BY trace_id HAVING rank > {ns:UInt64} ORDER BY max(ts) DESC LIMIT 20 SETTINGS use_query_condition_cache = 0;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND node = {node:String} AND role = 'out' AND concat(peer_ns, '/', peer) = {called:String} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND flags = 'UH' $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND attributes['http.request.method'] = 'GET' $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND attributes['http.route'] = {route:String} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND attributes['user.id'] = {user:String} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND attributes['request.id'] = {request:String} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND attributes['user.id'] = {absent:String} $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND resource_id IN (SELECT resource_id FROM resources WHERE attributes['k8s.pod.name'] = {instance:String}) $NEWEST;
SELECT hex(trace_id) FROM spans WHERE $HOUR AND attributes['http.route'] = {route:String} AND duration > {ns:UInt64} AND flags = 'UH' $NEWEST;
SELECT hex(trace_id), $EXTENT AS rank FROM spans WHERE $HOUR AND trace_id IN (SELECT trace_id FROM spans WHERE $HOUR AND node = {node:String}) GROUP BY trace_id $BEST;
SELECT hex(trace_id), countIf(status = 2 OR code >= 500) AS rank FROM spans WHERE $HOUR AND trace_id IN (SELECT trace_id FROM spans WHERE $HOUR AND node = {node:String}) GROUP BY trace_id $BEST;
SELECT hex(trace_id) AS trace, * EXCEPT (trace_id, span_id, events, links) FROM spans WHERE $HOUR AND trace_id IN (SELECT trace_id FROM spans WHERE $HOUR AND node = {node:String} ORDER BY bucket DESC, ts DESC LIMIT 1 BY trace_id LIMIT 20) SETTINGS use_query_condition_cache = 0;
SELECT DISTINCT name, kind FROM spans WHERE $HOUR AND node = {node:String} SETTINGS use_query_condition_cache = 0;
