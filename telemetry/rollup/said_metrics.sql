-- What metrics that name both ends, or a service and whom it called, say of the buckets in [since, until]: deltas of their series in
-- the form that logs have too. Rows without a request say that the bucket is covered. One row for all series that say the same.
-- let NONE = CAST(NULL, 'Nullable(Float64)')
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)
-- let COUNTS = (measure IN ('requests', 'calls', 'calls_count', 'denied'))
-- let DRAWS = (measure IN ('latency', 'calls', 'latency_bucket', 'calls_bucket'))
-- let SUMS = type IN ('histogram', 'exponential_histogram', 'summary')
-- A caller only guesses at TLS from the called side's identity: it does not count where that side says it.
-- let GUESSED = side = 'client' AND max(side != 'client' AND reached IS NOT NULL) OVER (PARTITION BY bucket, dialect, source, target, protocol = 'tcp')
-- let KNOWS = (tls != 'unknown' AND arrived != 0)
-- let TRIES = ((dialect, side, source, target, peer) IN (SELECT dialect, side, source, target, peer FROM readings WHERE measure = 'retries'))
INSERT INTO fold_said (bucket, dialect, rank, side, source, target, peer, peer_ns, peer_kind, source_kind, target_kind, protocol, class, code, flags, flag_n, arrived,
  version, instance, source_version, operation, n, latency, duration_ms, attempts, retry_success, mutual_tls, reached, bytes_in, bytes_out, connections,
  saturation, ejected, source_identity, target_identity, until, interval_s)
SELECT * REPLACE (if($GUESSED, NULL, mutual_tls) AS mutual_tls, if($GUESSED, NULL, reached) AS reached) FROM (
SELECT bucket, dialect, any(g.rank) AS rank, side, source, target, peer, peer_ns, peer_kind, source_kind, target_kind, protocol, class, code, flags,
  if(flags = '', 0, sumIf(g.n, $COUNTS OR measure IN ('flagged', 'connections_closed'))) AS flag_n,
  arrived, version, instance, source_version, operation,
  sumIf(g.n, $COUNTS) AS n, sumMapIf(g.bins, $DRAWS) AS latency,
  sumIf(g.sum, measure IN ('latency', 'calls')) + sumIf(g.n * g.unit_ms, measure IN ('latency_sum', 'calls_sum')) AS duration_ms,
  if(countIf(measure IN ('attempts', 'retries')) + countIf(g.tries) = 0, $NONE, sumIf(g.n, measure IN ('attempts', 'retries') OR (g.tries AND $COUNTS))) AS attempts,
  sumOrNullIf(g.n, measure = 'retry_success') AS retry_success,
  sumOrNullIf(if(tls = 'mutual', g.n, 0), $KNOWS AND (if(protocol = 'tcp', measure = 'connections', $COUNTS))) AS mutual_tls,
  sumOrNullIf(g.n, $KNOWS AND (if(protocol = 'tcp', measure = 'connections', $COUNTS))) AS reached,
  sumOrNullIf(if($SUMS, g.sum, g.n), measure IN ('request_bytes', 'bytes_in')) AS bytes_in,
  sumOrNullIf(if($SUMS, g.sum, g.n), measure IN ('response_bytes', 'bytes_out')) AS bytes_out,
  sumOrNullIf(g.n, measure = 'connections') AS connections,
  multiIf(countIf(measure IN ('overflow', 'queued') AND g.n > 0) > 0, 1,
    countIf(measure = 'unready') > 0, sumIf(g.n, measure = 'unready') / nullIf(sumIf(g.n, measure IN ('healthy', 'unready')), 0),
    countIf(measure = 'used') > 0, least(1, sumIf(g.n, measure = 'used') / nullIf(sumIf(g.n, measure = 'size'), 0)), $NONE) AS saturation,
  $NONE AS ejected, source_identity, target_identity, max(g.until) AS until, max(g.interval_s) AS interval_s
FROM (
  SELECT s.bucket AS bucket, s.n AS n, s.sum AS sum, s.bins AS bins, s.until AS until, s.interval_s AS interval_s, r.rank AS rank, r.unit_ms AS unit_ms, r.type AS type,
    toString(r.measure) AS measure, r.dialect AS dialect, r.side AS side, r.source AS source, r.target AS target, r.peer AS peer, r.peer_ns AS peer_ns, r.peer_kind AS peer_kind,
    r.source_kind AS source_kind, r.target_kind AS target_kind, r.protocol AS protocol, r.arrived AS arrived, r.target_version AS version, r.instance AS instance,
    r.source_version AS source_version, r.operation AS operation, r.source_identity AS source_identity, r.target_identity AS target_identity, r.tls AS tls, r.flags AS flags, r.tries AS tries,
    -- A gateway's own verdict of no route is its caller's fault, a sidecar's is not.
    if(r.measure = 'denied', CAST('denied' AS $CLASS), meshui_class(r.code, r.grpc, r.flags, r.status, r.side != 'client' OR r.source_kind = 'gateway')) AS class,
    multiIf(r.grpc >= 0, concat('grpc:', toString(r.grpc)), r.code > 0, toString(r.code), '') AS code
  FROM fold_shares AS s
  INNER JOIN (SELECT *, $TRIES AS tries FROM readings FINAL WHERE why = '' AND NOT by_cluster AND series IN (SELECT series FROM fold_shares)) AS r ON r.series = s.series
) AS g
GROUP BY bucket, dialect, side, source, target, peer, peer_ns, peer_kind, source_kind, target_kind, protocol, class, code, flags, arrived, version, instance, source_version, operation, source_identity, target_identity
);
