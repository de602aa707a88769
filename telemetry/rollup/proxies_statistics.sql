-- Which statistics Envoys sent lately, one row a node, or a sender that names nobody by its address: those of circuit breakers, what is
-- left of their limits, gRPC statuses, names of clusters of which the metric's has only a part (envoy-real.md §4.2). Who sent is
-- read from points, by (bucket).
-- let STATISTIC = (upstream_|circuit_breakers[.]|outlier_detection[.]|ssl[.]|membership_|external[.]|internal[.]|retry[.]|canary[.]|zone[.]|grpc[.]|http1[.]|http2[.]|lb_|update_|default[.]|assignment_|bind_errors|max_host_weight|original_dst|version|warming_state|client_ssl)
WITH senders AS (SELECT sender, any(sender_name) AS sender_name FROM points WHERE bucket >= {since:DateTime('UTC')} GROUP BY sender)
SELECT if(owner = '', sender_name, owner) AS node, owner != '' AS named,
  countIf(if(side = 'server', target_version, source_version) != '') > 0 AS versioned,
  countIf(position(name, 'circuit_breakers') > 0) AS breakers, countIf(position(name, 'remaining_') > 0) AS limits,
  countIf(measure = 'statuses') AS statuses,
  countIf(cluster != '' AND match(metric, '(^|[.])cluster[.]') AND NOT match(metric, '(^|[.])cluster[.]$STATISTIC')
    AND position(metric, concat('cluster.', cluster)) = 0) AS cut
FROM (
  SELECT *, toString(if(side = 'server', target, source)) AS owner FROM readings FINAL
  WHERE dialect = 'envoy' AND sender IN (SELECT sender FROM senders)
) AS r INNER JOIN senders AS s ON s.sender = r.sender
GROUP BY node, named;
