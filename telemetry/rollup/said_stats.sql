-- What proxies' statistics say of each of their clusters in the buckets of fold_shares (envoy-real.md §4.3, §4.4). Counters of one
-- cluster only make sense together: by code where counted so, else by class, else all; HTTP or TCP; limits beside their use.

-- 1. Connections of a cluster and how many of them shook hands, all so far at the points that cover a bucket: handshakes are rare.
-- let OF = by_cluster AND why = '' AND measure IN ('handshakes', 'connections')
INSERT INTO fold_shaken
SELECT bucket, sender, cluster, sumIf(v, measure = 'handshakes') AS handshakes, sumIf(v, measure = 'connections') AS connections
FROM (
  SELECT s.bucket AS bucket, r.sender AS sender, r.cluster AS cluster, r.measure AS measure, if(r.temporality = 1, s.n, p.value) AS v
  FROM fold_shares AS s
  INNER JOIN (SELECT series, sender, cluster, measure, temporality FROM readings FINAL WHERE $OF) AS r ON r.series = s.series
  INNER JOIN (
    SELECT series, fromUnixTimestamp64Milli(toUnixTimestamp64Milli(ts), 'UTC') AS at, any(p.value) AS value FROM points AS p
    WHERE bucket BETWEEN (SELECT min(f.bucket) FROM fold_shares AS f) AND (SELECT toDateTime(max(f.until), 'UTC') FROM fold_shares AS f) AND late = 0
      AND metric IN (SELECT metric FROM readings WHERE $OF)
    GROUP BY series, at
  ) AS p ON p.series = s.series AND p.at = s.until
)
GROUP BY bucket, sender, cluster;

-- 2. One row a proxy, cluster and bucket.
-- let USES = ('requests', 'classes', 'completed', 'statuses', 'entered', 'left', 'denied', 'limited', 'flagged', 'connections', 'connect_failed')
INSERT INTO fold_clusters
SELECT bucket, sender, cluster, dialect, any(rank), side, any(source), any(target), any(peer), any(peer_ns), any(peer_kind), any(source_version), any(target_version), any(instance),
  sumMapIf(map(code, n), measure = 'requests'), countIf(measure = 'requests') > 0, sumMapIf(map(first_digit, n), measure = 'classes'), countIf(measure = 'classes') > 0,
  sumIf(n, measure = 'completed'), sumMapIf(map(first_digit, n), measure = 'entered'), sumIf(n, measure = 'left'), sumIf(n, measure = 'denied'), sumIf(n, measure = 'limited'),
  groupArrayIf((grpc, operation, n), measure = 'statuses'), groupArrayIf((toString(flags), arrived, n), measure = 'flagged' AND n > 0),
  sumIf(n, measure = 'retries'), sumIf(n, measure = 'retry_success'), sumIf(n, measure = 'connections'), sumIf(n, measure = 'connect_failed'),
  sumOrNullIf(n, measure = 'bytes_in'), sumOrNullIf(n, measure = 'bytes_out'),
  sumMapIf(bins, measure IN ('latency', 'latency_bucket')), sumIf(sum, measure = 'latency') + sumIf(n, measure = 'latency_sum'),
  countIf(measure IN $USES), sumIf(n, measure IN ('overflow') OR (measure = 'flagged' AND flags = 'UO')),
  maxOrNullIf(n, measure = 'active_cx'), maxOrNullIf(n, measure = 'active_rq'), maxOrNullIf(n, measure = 'active_pending'),
  minOrNullIf(n, measure = 'remaining_cx'), minOrNullIf(n, measure = 'remaining_rq'), minOrNullIf(n, measure = 'remaining_pending'),
  maxOrNullIf(n, measure = 'open_cx'), maxOrNullIf(n, measure = 'open_rq'), maxOrNullIf(n, measure = 'members'), minOrNullIf(n, measure = 'healthy'),
  maxOrNullIf(n, measure = 'ejected'), sumIf(n, measure = 'ejections'), max(until), max(interval_s)
FROM fold_shares AS s
INNER JOIN (SELECT * FROM readings FINAL WHERE by_cluster AND why = '' AND series IN (SELECT series FROM fold_shares)) AS r ON r.series = s.series
GROUP BY bucket, sender, cluster, dialect, side
HAVING countIf(measure IN $USES) > 0;

-- 3. With what is known of each cluster besides. Statements are short, since most of a tick is their analysis.
-- let OUTWARD = match(cluster, '^http:(outbound|egress|admin$|async-client$)')
INSERT INTO fold_clusters_known
WITH sidecars AS (SELECT sender FROM readings WHERE by_cluster AND why = '' AND side = 'server' AND NOT startsWith(cluster, 'http:') AND measure IN ('requests', 'completed', 'connections')),
shown AS (SELECT sender AS by, cluster AS of, max(s.http) AS http, max(s.http1) AS http1, max(s.internal) > max(s.external) AS own FROM clusters_shown AS s GROUP BY sender, cluster),
shaken AS (SELECT bucket AS at, sender AS whose, cluster AS which, connections AS so_far, handshakes AS handshakes FROM fold_shaken)
SELECT * EXCEPT (by, of, http, own, at, whose, which), startsWith(cluster, 'http:') AS facing, NOT facing AND NOT http AND so_far + connect_failed > 0 AS tcp, sender NOT IN (SELECT sender FROM sidecars) AS gateway,
  arraySum(statuses.n) AS of_grpc, multiIf(by_code, arraySum(mapValues(codes)), by_class, arraySum(mapValues(classes)), completed) AS requests,
  arraySum(mapValues(mapFilter((c, n) -> c != 200, codes))) AS not_ok, greatest(0, requests - of_grpc) AS left_over,
  greatest(0, if(tcp, connections, greatest(requests, of_grpc)) - arraySum(arrayMap(g -> if(g.2 = 0, g.3, 0), flags))) AS met,
  if(members > 0, greatest(ifNull(ejected, 0), ejections > 0) / members, NULL) AS held_out
FROM fold_clusters LEFT JOIN shown ON by = sender AND of = cluster LEFT JOIN shaken ON whose = sender AND which = cluster AND at = bucket
WHERE NOT own AND NOT $OUTWARD;

-- 4. What they say: a row for each way that requests ended and for each flag; the first has what is said of the whole cluster, and
-- stands alone where nothing happened, to say that the bucket is covered. A proxy's side towards its callers (cluster `http:…`)
-- counts what it answers itself, and all of its requests only where it is no application's sidecar.
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)
-- let ENDED = Array(Tuple(class String, code String, flags String, arrived Int8, operation String, n Float64, flag_n Float64))
-- let BY_DIGIT = ['ok', 'ok', 'ok', 'client_error', 'error'][greatest(1, least(5, d))]
INSERT INTO fold_said (bucket, dialect, rank, side, source, target, peer, peer_ns, peer_kind, protocol, class, code, flags, flag_n, arrived, version, instance,
  source_version, operation, n, latency, duration_ms, attempts, retry_success, mutual_tls, reached, bytes_in, bytes_out, connections, saturation, ejected, until, interval_s)
SELECT bucket, dialect, rank, side, source, target, peer, peer_ns, peer_kind, protocol, CAST(e.class AS $CLASS) AS class, e.code AS code, e.flags AS flags, e.flag_n AS flag_n,
  e.arrived AS arrived, version, instance, source_version, e.operation AS operation, e.n AS n, if(first, latency, map()) AS latency, if(first, duration_ms, 0) AS duration_ms,
  if(side = 'client' AND NOT tcp, e.n + if(first, retries, 0), NULL) AS attempts, if(side = 'client' AND NOT tcp AND first, retry_success, NULL) AS retry_success,
  if(side = 'client' AND first AND so_far > 0, met * least(1, handshakes / so_far), NULL) AS mutual_tls, if(side = 'client' AND first AND so_far > 0, met, NULL) AS reached,
  if(first, bytes_in, NULL) AS bytes_in, if(first, bytes_out, NULL) AS bytes_out, if(first AND tcp, connections, NULL) AS connections,
  if(first, full, NULL) AS saturation, if(first, held_out, NULL) AS ejected, until, interval_s
FROM (
  SELECT *, multiIf(tcp, 'tcp', notEmpty(statuses), 'grpc', 'http') AS protocol,
    arrayMax(arrayFilter(x -> isNotNull(x), arrayConcat(
      [if(overflow > 0 OR open_rq > 0 OR (tcp AND open_cx > 0), 1, NULL), held_out, if(members > 0, 1 - least(1, healthy / members), NULL)],
      arrayMap(l -> if(l.2 < 0 OR l.2 >= 9223372036854775807, 0, l.1 / nullIf(l.1 + l.2, 0)),
        [(active_rq, remaining_rq), (active_pending, remaining_pending), (if(tcp, active_cx, NULL), remaining_cx)]),
      [if(http1 AND remaining_cx >= 0 AND remaining_cx < 9223372036854775807, active_rq / nullIf(active_cx + remaining_cx, 0), NULL)]))) AS full,
    CAST(multiIf(
      tcp, [('error', '', 'UF', 0, '', 0., connect_failed)],
      facing, arrayConcat(
        if(gateway, arrayMap((d, n) -> ($BY_DIGIT, '', '', -1, '', n, 0.), mapKeys(entered), mapValues(entered)), []),
        [('cancelled', '', 'DC', -1, '', gone, gone), ('denied', '403', '', -1, '', if(gateway, 0, denied), 0.), ('throttled', '429', 'RL', -1, '', if(gateway, 0, limited), limited)],
        arrayMap(g -> ('client_error', '', g.1, g.2, '', 0., g.3), flags)),
      arrayConcat(
        arrayMap(g -> (toString(meshui_class(0, g.1, '', 0, side = 'server')), concat('grpc:', toString(g.1)), '', -1, g.2, g.3, 0.), statuses),
        multiIf(
          -- Of a cluster that tells gRPC statuses only what has none is counted by code: what the proxy answered itself.
          by_code, arrayMap((c, n) -> (toString(meshui_class(c, -1, '', 0, side = 'server')), if(of_grpc > 0 AND c = 503, 'grpc:14', toString(c)), '', -1, '',
            multiIf(of_grpc = 0, n, c = 200, greatest(0, left_over - not_ok), n * least(1, left_over / not_ok)), 0.), mapKeys(codes), mapValues(codes)),
          by_class, arrayMap((d, n) -> ($BY_DIGIT, '', '', -1, '', n, 0.), mapKeys(classes), mapValues(classes)),
          [('ok', '', '', -1, '', completed, 0.)]),
        arrayMap(g -> ('error', '', g.1, g.2, '', 0., g.3), flags))), '$ENDED') AS all_ended,
    arrayReverseSort(o -> o.6, arrayFilter(o -> o.6 > 0 OR o.7 > 0, all_ended)) AS ended
  FROM fold_clusters_known
)
ARRAY JOIN if(empty(ended), CAST([('ok', '', '', -1, '', 0., 0.)], '$ENDED'), ended) AS e, arrayMap(i -> i = 1, range(1, greatest(2, length(ended) + 1))) AS first;
