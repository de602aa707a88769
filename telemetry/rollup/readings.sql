-- What each series of fold_series says, by what the dialects declare: one row a series in `readings`. Nothing here knows a dialect;
-- Envoy's statistics are only told apart from the names of their clusters.

-- 1. Names of metrics. A statistic of Envoy's stands behind its group and, between the two, what is left of a cluster's name
-- (envoy-real.md §4.2); a code may end it. Any other name: without exporters' prefixes and suffixes. part: of a classic histogram.
-- let PART = _(bucket|sum|count)$
INSERT INTO fold_names (metric, name, part, grp, middle, dotted, extra)
WITH (SELECT groupUniqArray(name) FROM dialect_metrics WHERE grp = '') AS declared,
  (SELECT groupUniqArray((grp, substring(name, length(grp) + 2))) FROM dialect_metrics WHERE grp != '') AS statistics
SELECT metric,
  multiIf(status != '', 'cluster_grpc_status', known != '', concat(grp, '_', known), has(declared, alone), alone, replaceRegexpOne(alone, '$PART', '')) AS name,
  multiIf(status != '' OR (known = '' AND name = alone), '', known != '', if(whole != '', '', extract(flat, '$PART')), extract(alone, '$PART')) AS part,
  if(known = '' AND status = '', '', grp) AS grp,
  replaceRegexpOne(replaceRegexpOne(if(status != '', before_grpc, substring(tail, 1, length(tail) - length(known) - if(part = '', 0, length(part) + 1))), '[._]+$', ''), ';$', '') AS middle,
  position(metric, '.') > 0 AS dotted,
  mapFilter((k, v) -> v != '', map('code_in_name', code, 'class_in_name', digit, 'grpc_in_name', status, 'call_in_name', call)) AS extra
FROM (
  SELECT *, if(whole != '', whole, substring(arrayReverseSort(s -> length(s), arrayFilter(s -> endsWith(concat('_', shorter), concat('_', s)), of_group))[1], 1)) AS known
  FROM (
    SELECT *, arrayReverseSort(s -> length(s), arrayFilter(s -> endsWith(concat('_', flat), concat('_', s)), of_group))[1] AS whole
    FROM (
      SELECT *, replaceAll(tail, '.', '_') AS flat, replaceRegexpOne(flat, '$PART', '') AS shorter,
        tupleElement(arrayFilter(s -> s.1 = grp, statistics), 2) AS of_group,
        if(grp = 'cluster', extractGroups(tail, '^(?:(.*?)[._])?grpc[._](?:(.*)[._])?([0-9]{1,2})$'), []) AS grpc,
        grpc[1] AS before_grpc, grpc[2] AS call, grpc[3] AS status
      FROM (
        SELECT *,
          multiIf(match(spelled, '(^|[._])listener[._]'), '', match(spelled, '(^|[._])cluster[._]'), 'cluster', match(spelled, '(^|[._])http[._]'), 'http', '') AS grp,
          replaceRegexpOne(multiIf(grp = 'cluster', extract(spelled, '(?:^|[._])cluster[._](.*)$'), grp = 'http', extract(spelled, '(?:^|[._])http[._](.*)$'), ''), '[._]total$', '') AS tail,
          replaceRegexpOne(replaceRegexpOne(replaceAll(metric, '.', '_'), '^.*?(istio_(?:request|response|tcp|build))', '\\1'), '_total$', '') AS alone
        FROM (
          SELECT toString(metric) AS metric, extract(metric, 'stream_rq_([1-5][0-9][0-9])$') AS code, extract(metric, 'stream_rq_([1-5])xx$') AS digit,
            multiIf(code != '', substring(metric, 1, length(metric) - 4), digit != '', concat(substring(metric, 1, length(metric) - 3), 'xx'), metric) AS spelled
          FROM (SELECT DISTINCT metric FROM fold_series)
        )
      )
    )
  )
);

-- 2. Labels of a series and, behind them, of its resource, under one form of name. cluster: what the exporter left of its name, whole
-- again: a full name repeats the tag, text of Prometheus has `_` for dots.
-- let TAG = replaceRegexpOne(arrayFirst(v -> v != '', if(n.grp = 'http', [labels['envoy_http_conn_manager_prefix'], labels['http_conn_manager_prefix']], [labels['envoy_cluster_name'], labels['cluster_name']])), ';$', '')
-- let LEFT = if(n.dotted OR n.grp = 'http' OR tag = '', n.middle, replaceAll(n.middle, '_', '.'))
INSERT INTO fold_labelled (series, sender, metric, type, temporality, seen, attributes, labels, name, part, tag, left, cluster)
WITH kept AS (
  SELECT resource_id, argMax(attributes, seen) AS resource FROM resources WHERE resource_id IN (SELECT resource_id FROM fold_series) GROUP BY resource_id
)
SELECT s.series AS series, s.sender AS sender, s.metric AS metric, s.type AS type, s.temporality AS temporality, s.seen AS seen,
  s.attributes AS attributes,
  CAST(arrayConcat(
    arrayZip(arrayMap(k -> replaceAll(toString(k), '.', '_'), arrayConcat(mapKeys(s.attributes), mapKeys(k.resource))), arrayConcat(arrayMap((l, v) -> if(has(b.left_out, l), '<other>', v), mapKeys(s.attributes), mapValues(s.attributes)), mapValues(k.resource))),
    arrayZip(mapKeys(n.extra), mapValues(n.extra)), [('scope_name', toString(s.scope))]), 'Map(String, String)') AS labels,
  n.name AS name, n.part AS part, if(n.grp = '', '', $TAG) AS tag, $LEFT AS left,
  multiIf(n.grp = '', '', n.grp = 'http', concat('http:', if(tag = '', left, tag)), left = '', tag, tag = '' OR startsWith(left, tag), left, concat(tag, '.', left)) AS cluster
FROM fold_series AS s INNER JOIN fold_names AS n ON n.metric = s.metric LEFT JOIN kept AS k ON k.resource_id = s.resource_id
LEFT JOIN fold_beyond AS b ON b.series = s.series;

-- 3. Which metric of which dialect it is: of those that fit the one declared first.
-- let HEARD = SELECT sender, name FROM readings WHERE name IN (SELECT needs FROM dialect_metrics UNION ALL SELECT unless FROM dialect_metrics) UNION ALL SELECT sender, name FROM fold_labelled
INSERT INTO fold_fitting (series, sender, metric, type, temporality, seen, labels, name, part, cluster, family, dialect, measure, side, unit_ms, protocol, code, flags, arrived, swapped, why)
SELECT l.series AS series, l.sender AS sender, l.metric AS metric, l.type AS type, l.temporality AS temporality, l.seen AS seen, l.labels AS labels, l.name AS name,
  l.part AS part, l.cluster AS cluster,
  if(l.part = '', 0, cityHash64(l.sender, l.name, arraySort(arrayFilter(kv -> kv.1 != 'le', arrayZip(mapKeys(l.attributes), mapValues(l.attributes)))))) AS family,
  m.dialect AS dialect, m.measure AS measure,
  if(m.side != '', m.side, d.words[arrayFirst(x -> x != '', arrayMap(r -> meshui_read(r.2, l.labels[r.1]), d.labels))]) AS side,
  m.unit_ms AS unit_ms, m.protocol AS protocol, m.code AS code, m.flags AS flags, m.arrived AS arrived, m.swapped AS swapped,
  multiIf(m.why != '', m.why,
    arrayExists(o -> has(o.2, l.labels[o.1]), m.own), 'the proxy''s own traffic',
    m.unless != '' AND (l.sender, m.unless) IN ($HEARD), concat('the same requests as ', m.unless, ', which this sender sends too: counted once'),
    '') AS why
FROM fold_labelled AS l
INNER JOIN dialect_metrics AS m ON m.name = l.name
LEFT JOIN (SELECT dialect, labels, words FROM dialect_labels WHERE side = '') AS d ON d.dialect = m.dialect
WHERE position(l.metric, ':') = 0
  AND arrayAll(c -> if(empty(c.2), l.labels[c.1] != '', has(c.2, l.labels[c.1])), m.only)
  AND (empty(m.marks) OR arrayExists(k -> l.labels[k] != '', m.marks))
  AND (m.needs = '' OR (l.sender, m.needs) IN ($HEARD))
  AND (l.part = '' OR m.measure IN ('latency', 'calls', 'request_bytes', 'response_bytes', ''))
ORDER BY m.place
LIMIT 1 BY series;

-- 4. What its labels say, by field: of the labels that a dialect prefers, the first that says something.
INSERT INTO fold_told (series, said)
WITH refs AS (
  SELECT dialect, side, toString(field) AS field, ref.1 AS label, ref.2 AS how, place, words
  FROM dialect_labels ARRAY JOIN labels AS ref, arrayEnumerate(labels) AS place WHERE side != ''
), kept AS (
  SELECT series, dialect, if(side = '', 'client', side) AS side, label, text, at
  FROM fold_fitting ARRAY JOIN mapKeys(labels) AS label, mapValues(labels) AS text, arrayEnumerate(mapKeys(labels)) AS at
)
SELECT series, CAST(groupArray((field, if(empty(words), found, words[found]))), 'Map(String, String)') AS said
FROM (
  SELECT series, field, any(words) AS words, argMin(heard, (place, at)) AS found
  FROM (
    SELECT k.series AS series, r.field AS field, r.words AS words, r.place AS place, k.at AS at, meshui_read(r.how, k.text) AS heard
    FROM kept AS k INNER JOIN refs AS r ON r.dialect = k.dialect AND r.side = k.side AND r.label = k.label
  )
  WHERE heard != ''
  GROUP BY series, field
)
GROUP BY series;

-- 5. What that is: both ends, how it ended, over what.
-- let NEVER_ARRIVED = (^|,)(UH|UF|UO|LH|DF|NC|NFCF|DO|OM|RLSE|NR|RL|UAEX|IH|FI|DPE|RFCF)(,|$)
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)
-- let SAME = cityHash64(dialect, side, source, target, peer, peer_ns, peer_kind, source_kind, target_kind, protocol, class, ended, flags, arrived, target_version, instance, source_version, operation, tls, source_identity, target_identity)
-- let GATEWAY = ^istio-.*gateway
-- let GAUGES = ('active_cx', 'active_rq', 'active_pending', 'remaining_cx', 'remaining_rq', 'remaining_pending', 'open_cx', 'open_rq', 'members', 'healthy', 'unready', 'ejected', 'used', 'size', 'queued')
-- let CACHES = ('redis', 'memcached', 'valkey', 'hazelcast', 'geode')
INSERT INTO readings (series, sender, metric, name, type, temporality, dialect, rank, by_cluster, measure, why, side, source, target, peer, peer_ns, peer_kind,
  source_kind, target_kind, source_version, target_version, instance, operation, protocol, code, grpc, flags, status, first_digit, tls, arrived,
  source_identity, target_identity, le, family, unit_ms, cluster, seen, class, ended, same)
WITH known AS (SELECT dialect AS known_as, rank, by_cluster FROM dialects), told AS (SELECT series AS of_series, said AS s FROM fold_told), said AS (
  SELECT *,
    meshui_code(s['code']) AS said_code,
    meshui_grpc(s['grpc']) AS said_grpc,
    by_cluster AND (startsWith(cluster, 'http:') OR meshui_inward(cluster) OR cluster = s['own'] OR cluster = labels['service_name']
      OR (sender, cluster) IN (SELECT sender, cluster FROM clusters_shown WHERE inward)) AS inward
  FROM fold_fitting INNER JOIN known ON known_as = dialect LEFT JOIN told ON of_series = series
), sided AS (
  SELECT * EXCEPT (flags, code, protocol), multiIf(NOT by_cluster, side, inward, 'server', 'client') AS spoke,
    if(flags != '', toString(flags), s['flags']) AS flagged, if(said_code != 0, said_code, code) AS answered,
    multiIf(protocol != '', toString(protocol), s['protocol'] != '', lower(s['protocol']), said_grpc >= 0, 'grpc', 'http') AS speaks,
    if(s['own'] = '', '', meshui_id(meshui_cluster(s['own_cluster']), s['own_ns'], meshui_bare(s['own'], s['own_ns']))) AS own_id,
    if(s['source'] = '', '', meshui_id(meshui_cluster(s['source_cluster']), s['source_ns'], meshui_bare(s['source'], s['source_ns']))) AS one,
    if(s['target'] = '', '', meshui_id(meshui_cluster(s['target_cluster']), s['target_ns'], meshui_bare(s['target'], s['target_ns']))) AS other
  FROM said
), ends AS (
  SELECT *, multiIf(NOT by_cluster, if(swapped, other, one), spoke = 'client', own_id, '') AS known_source,
    multiIf(NOT by_cluster, if(swapped, one, other), spoke = 'server', own_id, other) AS target,
    if(by_cluster, meshui_host(meshui_cluster_host(cluster)), s['peer']) AS called,
    if(spoke != 'client' OR (NOT by_cluster AND if(swapped, one, other) != '') OR (by_cluster AND other != ''), '', called) AS host
  FROM sided
), placed AS (
  SELECT *, if(known_source = '' AND spoke != 'client', s['unnamed'], known_source) AS source,
    extract(host, '(?:^|[.])([^.]+)[.][^.]+[.]svc(?:[.]|$)') AS svc,
    match(host, '^(localhost|127[.][0-9.]+|::1|0[.]0[.]0[.]0|/.*)$') AS here, match(host, '^[0-9]{1,3}([.][0-9]{1,3}){3}$|:') AS address,
    s['store'] != '' AND (host = '' OR here OR address) AS is_store,
    multiIf(spoke != 'client', '', is_store, concat(s['store'], if(s['store_part'] = '', '', '/'), s['store_part']), here, '', address, concat('ip of ', substringIndex(known_source, '/', -1)), svc != '', svc, host) AS peer
  FROM ends
)
SELECT *,
  -- A gateway's own verdict of no route is its caller's fault, a sidecar's is not.
  if(measure = 'denied', CAST('denied' AS $CLASS), meshui_class(code, grpc, flags, status, side != 'client' OR source_kind = 'gateway')) AS class,
  multiIf(grpc >= 0, concat('grpc:', toString(grpc)), code > 0, toString(code), '') AS ended,
  $SAME AS same
FROM (
  SELECT series, sender, metric, name, type, temporality, dialect, rank, by_cluster,
    if(part != '' AND measure IN ('latency', 'calls'), concat(measure, '_', part), measure) AS measure,
    multiIf(why != '', why,
      spoke = '', 'no label says which side counted',
      type = 'gauge' AND measure NOT IN $GAUGES, 'a gauge, not counted',
      measure IN ('request_bytes', 'response_bytes') AND part IN ('bucket', 'count'), 'of sizes only the sum is read',
      by_cluster AND meshui_control(cluster), 'the proxy''s own traffic',
      if(spoke = 'client', source, target) = '', 'nobody says whose metric this is',
      spoke = 'client' AND target = '' AND peer = '' AND NOT match(s['source_workload'], '$GATEWAY'), 'nobody says who was called',
      '') AS why,
    CAST(if(spoke = '', 'client', spoke), 'Enum8(\'client\' = 1, \'server\' = 2, \'relay\' = 3)') AS side,
    source, target, peer, if(is_store OR svc = '', '', extract(host, '(?:^|[.])[^.]+[.]([^.]+)[.]svc(?:[.]|$)')) AS peer_ns,
    multiIf(peer = '', '', is_store OR s['store'] != '', if(s['store'] IN $CACHES, 'cache', 'database'), svc != '' OR position(host, '.') = 0, 'service', 'external') AS peer_kind,
    if(match(s['source_workload'], '$GATEWAY'), 'gateway', '') AS source_kind,
    if(s['store'] != '' AND spoke = 'client', if(s['store'] IN $CACHES, 'cache', 'database'), '') AS target_kind,
    replaceRegexpOne(if(by_cluster, if(spoke = 'client', s['version'], ''), s['source_version']), '^latest$', '') AS source_version,
    replaceRegexpOne(multiIf(NOT by_cluster, s['target_version'], spoke = 'server', s['version'], s['target_version'] != '', s['target_version'], meshui_cluster_subset(cluster)), '^latest$', '') AS target_version,
    if(spoke = 'server', s['instance'], '') AS instance,
    multiIf(spoke != 'server', '',
      s['call'] != '' OR s['grpc_service'] != '', if(s['grpc_service'] = '', replaceRegexpOne(s['call'], '^(.*)[.]', '\\1/'), concat(s['grpc_service'], if(s['call'] = '', '/', '.'), s['grpc_method'], if(s['call'] = '', '', '/'), s['call'])),
      s['operation'] = '', '', position(s['operation'], '/') > 0 AND s['method'] = '', s['operation'],
      s['rpc_service'] != '', concat(s['rpc_service'], '/', s['operation']),
      s['method'] != '', concat(s['method'], ' ', s['operation']), s['operation']) AS operation,
    speaks AS protocol, answered AS code,
    if(speaks = 'grpc' AND said_grpc < 0 AND answered NOT IN (0, 200), meshui_grpc_of_http(answered), said_grpc) AS grpc,
    flagged AS flags,
    toUInt8(if(flagged = '' AND answered = 0 AND said_grpc < 0 AND speaks != 'tcp' AND (s['failed'] != '' OR match(s['code'], '^0+$')), 2, 0)) AS status,
    toUInt8OrZero(s['class']) AS first_digit,
    CAST(multiIf(s['tls'] = 'mutual', 'mutual', s['tls'] = 'plain', 'plain', 'unknown'), 'Enum8(\'unknown\' = 0, \'mutual\' = 1, \'plain\' = 2)') AS tls,
    multiIf(arrived >= 0, arrived, spoke != 'client' OR by_cluster, -1, match(flagged, '$NEVER_ARRIVED'), 0, s['missing'] != '' AND (answered = 0 OR answered >= 500), 0, 1) AS arrived,
    s['source_identity'] AS source_identity, s['target_identity'] AS target_identity,
    if(part = 'bucket', ifNull(toFloat64OrNull(labels['le']), nan), nan) AS le, family, unit_ms, cluster, seen
  FROM placed
);

-- 6. Everything else, with the reason.
INSERT INTO readings (series, sender, metric, name, type, temporality, why, side, grpc, arrived, le, unit_ms, seen)
SELECT series, sender, metric, name, type, temporality,
  if(position(metric, ':') > 0, 'a recording rule of other series: never added to them', 'no rule for this metric') AS why,
  'client' AS side, -1 AS grpc, -1 AS arrived, nan AS le, 1 AS unit_ms, seen
FROM fold_labelled WHERE series NOT IN (SELECT series FROM fold_fitting);
