-- How each call ended, for who called and for who was called. What says that the client left, below a caller that stayed, is the
-- called's view of the caller's timeout. Where the caller says nothing the called's word stands for both, and the reverse.
INSERT INTO fold_calls
SELECT uid, bucket, ts, trace_id, span_id, source, target,
  multiIf(s.source_kind != '', toString(s.source_kind), source = '-/unknown', 'unknown', source IN (SELECT node FROM fold_known WHERE gateway), 'gateway', 'service') AS source_kind,
  multiIf(s.target_kind != '', toString(s.target_kind), target = '-/unknown', 'unknown', target IN (SELECT node FROM fold_known WHERE gateway), 'gateway', 'service') AS target_kind,
  protocol, weight, tls, version, instance, operation, topmost, top_bucket, edge, node, answered, reached,
  if(caller_speaks, meshui_class(caller_code, caller_grpc, edge_flags, caller_status, 0), called) AS edge_class,
  if(caller_speaks, caller_label, label) AS edge_code, edge_flags, meshui_bin(caller_duration) AS edge_bin,
  if(answered, called, edge_class) AS callee_class, if(answered, label, edge_code) AS node_code, if(answered, staying_flags, edge_flags) AS node_flags,
  meshui_bin(duration) AS node_bin
FROM (
  SELECT *, meshui_class(ended_code, ended_grpc, staying_flags, status, 1) AS called, toLowCardinality(meshui_flags(caller_flags, staying_flags)) AS edge_flags,
    meshui_label(ended_code, ended_grpc) AS label, meshui_label(caller_code, caller_grpc) AS caller_label
  FROM (
    SELECT *, caller_speaks AND answered AND meshui_class(caller_code, caller_grpc, caller_flags, caller_status, 0) != 'cancelled' AS stays,
      if(stays, toLowCardinality(meshui_staying(flags)), flags) AS staying_flags,
      if(stays, staying_code, code) AS ended_code, if(stays, staying_grpc, grpc) AS ended_grpc
    FROM fold_heard
  )
) AS s
SETTINGS optimize_and_compare_chain = 0, query_plan_enable_optimizations = 0, short_circuit_function_evaluation = 'disable';
