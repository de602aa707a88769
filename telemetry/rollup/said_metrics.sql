-- What metrics that name both ends, or a service and whom it called, say of the buckets of fold_shares: deltas of their series in
-- the form that logs have too. Rows without a request say that the bucket is covered. One row for all series that say the same.
-- let NONE = CAST(NULL, 'Nullable(Float64)')
-- let OF = why = '' AND NOT by_cluster
-- let SUMS = r.type IN ('histogram', 'exponential_histogram', 'summary')
-- let COUNTED = s.n, r.measure IN ('requests', 'calls', 'calls_count', 'denied')
-- A caller only guesses at TLS from the called side's identity: it does not count where that side says it.
-- let GUESSED = side = 'client' AND (dialect, source, target, protocol = 'tcp') IN (SELECT dialect, source, target, protocol = 'tcp' FROM readings WHERE $OF AND side != 'client' AND tls != 'unknown')
-- let TRIES = (dialect, side, source, target, peer) IN (SELECT dialect, side, source, target, peer FROM readings WHERE $OF AND measure = 'retries')
INSERT INTO fold_said (bucket, dialect, rank, side, source, target, peer, peer_ns, peer_kind, source_kind, target_kind, protocol, class, code, flags, flag_n, arrived,
  version, instance, source_version, operation, n, latency, duration_ms, attempts, retry_success, mutual_tls, reached, bytes_in, bytes_out, connections,
  saturation, source_identity, target_identity, until, interval_s)
WITH sums AS (
  SELECT s.bucket AS bucket, r.same AS same, sumIf($COUNTED) AS n, sumIf(s.n, r.measure IN ('flagged', 'connections_closed')) AS flagged,
    sumMapIf(s.bins, r.measure IN ('latency', 'calls', 'latency_bucket', 'calls_bucket')) AS latency,
    sumIf(s.sum, r.measure IN ('latency', 'calls')) + sumIf(s.n * r.unit_ms, r.measure IN ('latency_sum', 'calls_sum')) AS duration_ms,
    sumIf(s.n, r.measure IN ('attempts', 'retries')) AS more, countIf(r.measure IN ('attempts', 'retries')) > 0 AS tried,
    sumOrNullIf(s.n, r.measure = 'retry_success') AS retry_success,
    sumOrNullIf(if($SUMS, s.sum, s.n), r.measure IN ('request_bytes', 'bytes_in')) AS bytes_in,
    sumOrNullIf(if($SUMS, s.sum, s.n), r.measure IN ('response_bytes', 'bytes_out')) AS bytes_out,
    sumOrNullIf(s.n, r.measure = 'connections') AS connections, sumIf(s.n, r.measure IN ('overflow', 'queued')) AS overflow,
    sumOrNullIf(s.n, r.measure = 'unready') AS unready, sumIf(s.n, r.measure IN ('healthy', 'unready')) AS members,
    sumOrNullIf(s.n, r.measure = 'used') AS used, sumIf(s.n, r.measure = 'size') AS size, max(s.until) AS until, max(s.interval_s) AS interval_s
  FROM fold_shares AS s INNER JOIN (SELECT series, measure, type, unit_ms, same FROM readings FINAL WHERE $OF) AS r ON r.series = s.series
  GROUP BY bucket, same
), ends AS (
  SELECT *, tls != 'unknown' AND arrived != 0 AND NOT ($GUESSED) AS knows, $TRIES AS tries FROM readings FINAL WHERE $OF LIMIT 1 BY same
)
SELECT s.bucket, e.dialect, e.rank, e.side, e.source, e.target, e.peer, e.peer_ns, e.peer_kind, e.source_kind, e.target_kind, e.protocol, e.class, e.ended, e.flags,
  if(e.flags = '', 0, s.n + s.flagged), e.arrived, e.target_version, e.instance, e.source_version, e.operation, s.n, s.latency, s.duration_ms,
  if(s.tried OR e.tries, s.more + if(e.tries, s.n, 0), $NONE), s.retry_success,
  if(e.knows, if(e.tls = 'mutual', if(e.protocol = 'tcp', s.connections, s.n), 0), $NONE), if(e.knows, if(e.protocol = 'tcp', s.connections, s.n), $NONE),
  s.bytes_in, s.bytes_out, s.connections,
  multiIf(s.overflow > 0, 1, s.unready IS NOT NULL, s.unready / nullIf(s.members, 0), s.used IS NOT NULL, least(1, s.used / nullIf(s.size, 0)), $NONE),
  e.source_identity, e.target_identity, s.until, s.interval_s
FROM sums AS s INNER JOIN ends AS e ON e.same = s.same;
