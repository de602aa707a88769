-- Spans in normal form: one row a span, every dialect read here and nowhere after (docs/architecture.md names the columns,
-- docs/senders/ says what is read from whom, tests/plain/normal.py says the same slowly). Whatever needs no other span is
-- decided here; what needs the parent is left as role `auto`.
-- let NAME = LowCardinality(String)
-- let KIND = Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)
-- let ROLE = Enum8('local' = 0, 'in' = 1, 'out' = 2, 'relay' = 3, 'send' = 4, 'process' = 5, 'receive' = 6, 'auto' = 7)
-- let PEER_KIND = Enum8('none' = 0, 'service' = 1, 'database' = 2, 'cache' = 3, 'queue' = 4, 'external' = 5)
-- let TLS = Enum8('unknown' = 0, 'mutual' = 1, 'plain' = 2)
-- let SMALL = CODEC(ZSTD(1))
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)
-- let DURABLE = non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1

CREATE TABLE IF NOT EXISTS spans (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  duration UInt64 CODEC(T64, ZSTD(1)),
  late UInt8 $SMALL,
  trace_id FixedString(16) $SMALL,
  span_id UInt64 CODEC(NONE),
  parent_id UInt64 $SMALL,
  node $NAME $SMALL, version $NAME $SMALL, instance $NAME $SMALL,
  role $ROLE $SMALL, proxy UInt8 $SMALL, gateway UInt8 $SMALL,
  kind UInt8 $SMALL, name $NAME $SMALL, operation $NAME $SMALL, protocol $NAME $SMALL,
  status UInt8 $SMALL, status_message String $SMALL,
  code UInt16 $SMALL, grpc Int16 $SMALL, flags $NAME $SMALL, arrived Int8 $SMALL,
  peer $NAME $SMALL, peer_ns $NAME $SMALL, peer_kind $PEER_KIND $SMALL,
  tls $TLS $SMALL, weight Float32 $SMALL,
  resource_id UInt64 $SMALL, scope $NAME $SMALL,
  kinds Array($KIND) $SMALL, attributes Map($NAME, String) $SMALL,
  events Array(String) $SMALL, links Array(String) $SMALL, trace_state String $SMALL,
  spool UInt64 $SMALL, segment UInt64 $SMALL,
  INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_value mapValues(attributes) TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(bucket) ORDER BY (bucket, trace_id)
SETTINGS index_granularity = 2048, $DURABLE,
  map_serialization_version = 'with_buckets', map_serialization_version_for_zero_level_parts = 'basic',
  map_buckets_min_avg_size = 0, map_buckets_strategy = 'constant', max_buckets_in_map = 8;

-- Class of an outcome as telemetry/outcome.py:classify says it (there with the reasons; a property test holds the two equal).
-- let FLAG_ERROR = (^|,)(UH|UF|UO|UC|UR|LR|UT|UMSDR|UPE|LH|DF|NC|NFCF|DO|OM|RLSE)(,|$)
CREATE OR REPLACE FUNCTION meshui_class AS (code, grpc, flags, status, is_server) -> CAST(multiIf(
    code IN (0, 499) AND match(flags, '(^|,)(DC|DR)(,|$)'), 5,
    match(flags, '$FLAG_ERROR'), 1,
    (code = 0 OR code >= 500) AND match(flags, '(^|,)URX(,|$)'), 1,
    NOT is_server AND match(flags, '(^|,)NR(,|$)'), 1,
    grpc > 0 AND match(flags, '(^|,)RL(,|$)'), 3,
    grpc > 0 AND match(flags, '(^|,)UAEX(,|$)'), 4,
    grpc >= 0, transform(grpc, [0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 16], [0, 5, 2, 2, 2, 4, 3, 2, 2, 2, 4], 1),
    code >= 500, 1,
    code = 429 OR match(flags, '(^|,)RL(,|$)'), 3,
    code IN (401, 403) OR match(flags, '(^|,)UAEX(,|$)'), 4,
    code = 499, 5,
    code >= 400 OR match(flags, '(^|,)(NR|DPE|IH)(,|$)'), 2,
    status = 2 AND (is_server OR code = 0), 1,
    0) AS $CLASS);

-- Parts of an id, as telemetry/identity.py prints them.
CREATE OR REPLACE FUNCTION meshui_part AS part ->
  replaceAll(replaceAll(replaceAll(replaceAll(part, '%', '%25'), '/', '%2F'), ':', '%3A'), '@', '%40');
CREATE OR REPLACE FUNCTION meshui_id AS (cluster, ns, name) -> concat(if(cluster = '', '', concat(meshui_part(cluster), ':')),
  if(ns = '', '-', meshui_part(ns)), '/', meshui_part(name));

-- Three views in a row, handing each other the block through tables that keep nothing (ENGINE = Null): one view's cost of analysis
-- grows with the square of its depth (380 ms an INSERT in one, 90 in three), and no view reads a whole subquery below it.
-- Text that many spans share is LowCardinality before it is taken apart: a regular expression then runs once for each distinct
-- value of a block, not once a span.

-- 1. What senders say, under one name each: of two generations of a name the newer, of the unknown nothing.
-- let FIRST = arrayFirst(x -> x NOT IN ('', '-', 'unknown'),
-- let NOTHING = ('', '-', 'unknown')
-- let KEPT = trace_id FixedString(16), span_id UInt64, parent_id UInt64, bucket DateTime('UTC'), ts DateTime64(9, 'UTC'), duration UInt64, late UInt8, kind UInt8, name LowCardinality(String), status UInt8, status_message String, resource_id UInt64, scope LowCardinality(String), kinds Array($KIND), attributes Map(LowCardinality(String), String), events Array(String), links Array(String), trace_state String, spool UInt64, segment UInt64
-- The accepted age: what is kept of 10 s buckets (2 d) less an hour, and 10 min ahead (rules.md), in ns.
-- let AGE_BACK = 169200000000000
-- let AGE_AHEAD = 600000000000
CREATE TABLE IF NOT EXISTS spans_read (
  $KEPT,
  home $NAME, ns $NAME, raw_name $NAME, sent_as $NAME, version $NAME, instance $NAME,
  envoy UInt8, linkerd UInt8, way $NAME, node_id $NAME, gateway_label UInt8, cluster $NAME, probe UInt8,
  method $NAME, route $NAME, url String, code_text $NAME,
  rpc_system $NAME, rpc_service $NAME, rpc_method $NAME, grpc_path $NAME, grpc_text $NAME,
  db_system $NAME, db_ns $NAME, db_operation $NAME, db_target $NAME,
  m_system $NAME, m_operation $NAME, m_destination $NAME,
  flags $NAME, details $NAME, caller_san $NAME, explicit $NAME, explicit_ns $NAME
) ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_spans_read TO spans_read AS
WITH senders AS (
  SELECT spool, segment, received, rs.scope_spans AS scopes, cityHash64(rs.resource.attributes) AS resource_id,
    meshui_attributes(rs.resource.attributes) AS r
  FROM landing_traces ARRAY JOIN resource_spans AS rs
), owners AS (
  -- Kuma names a service <name>_<namespace>_svc_<port>; a Linkerd proxy of old is only `linkerd-proxy`.
  SELECT spool, segment, received, scopes, resource_id,
    r['service.name'] AS sent_as, sent_as = 'linkerd-proxy' AS r_linkerd, r['telemetry.sdk.name'] = 'envoy' AS r_envoy,
    extractGroups(r['service.name'], '^([^_]+)_([^_]+)_svc_[0-9]+') AS kuma,
    $FIRST [r['k8s.cluster.name'], r['istio.cluster_id'], r['kuma.zone']]) AS r_cluster,
    $FIRST [if(r_linkerd, r['linkerd.io/workload-ns'], ''), r['service.namespace'], kuma[2], r['k8s.namespace.name'],
      r['linkerd.io/workload-ns'], r['kuma.mesh']]) AS r_ns,
    $FIRST [if(r_linkerd OR startsWith(sent_as, 'unknown_service'), '', if(kuma[1] != '', kuma[1], sent_as)),
      if(r_linkerd, r['app.kubernetes.io/name'], ''), if(r_linkerd, r['app'], ''),
      r['k8s.deployment.name'], r['k8s.statefulset.name'], r['k8s.daemonset.name'], r['k8s.cronjob.name'], r['k8s.job.name'],
      r['linkerd.io/proxy-deployment'], r['linkerd.io/proxy-statefulset'], r['linkerd.io/proxy-daemonset'], r['linkerd.io/proxy-job'],
      meshui_of_pod(r['k8s.pod.name'])]) AS r_name,
    $FIRST [r['service.version'], r['app.kubernetes.io/version']]) AS r_version,
    $FIRST [r['k8s.pod.name']]) AS r_pod,
    $FIRST [r['service.instance.id'], r['host.name']]) AS r_instance,
    r['gateway.networking.k8s.io/gateway-name'] != '' OR position(r['istio'], 'gateway') > 0 AS gateway_label
  FROM senders
), read AS (
  SELECT spool, segment, received, resource_id, r_linkerd, r_envoy, gateway_label, toLowCardinality(sent_as) AS sent_as,
    r_cluster, r_ns, r_name, r_version, r_pod, r_instance, toLowCardinality(ss.scope.name) AS scope,
    toFixedString(substring(s.trace_id, 1, 16), 16) AS trace_id,
    reinterpretAsUInt64(substring(s.span_id, 1, 8)) AS span_id, reinterpretAsUInt64(substring(s.parent_span_id, 1, 8)) AS parent_id,
    s.trace_state AS trace_state, toLowCardinality(s.name) AS name, if(s.kind BETWEEN 0 AND 5, toUInt8(s.kind), 0) AS kind,
    s.start_time_unix_nano AS began, s.end_time_unix_nano AS ended,
    began > received + $AGE_AHEAD OR began + $AGE_BACK < received AS late,
    if(s.status.code BETWEEN 0 AND 2, toUInt8(s.status.code), 0) AS status, s.status.message AS status_message,
    meshui_attributes(s.attributes) AS a, s.attributes.value.value AS kinds, s.events AS events, s.links AS links
  FROM owners ARRAY JOIN scopes AS ss ARRAY JOIN ss.spans AS s
)
SELECT trace_id, span_id, parent_id,
  toDateTime(intDiv(if(late, received, began), 10000000000) * 10, 'UTC') AS bucket,
  fromUnixTimestamp64Nano(toInt64(least(began, 9223372036854775807)), 'UTC') AS ts,
  if(began > 0 AND ended > began, ended - began, 0) AS duration, late,
  kind, name, status, status_message, resource_id, scope, kinds, a AS attributes, events, links, trace_state, spool, segment,
  toLowCardinality(if(a['istio.cluster_id'] IN $NOTHING, r_cluster, a['istio.cluster_id'])) AS home,
  toLowCardinality(multiIf(a['istio.namespace'] NOT IN $NOTHING, a['istio.namespace'],
    match(a['node_id'], '^[^~]*~[^~]*~[^~]*~[^.~]'), extract(a['node_id'], '^[^~]*~[^~]*~[^~]*~([^.~]+)'), r_ns)) AS ns,
  toLowCardinality(if(a['istio.canonical_service'] IN $NOTHING, r_name, a['istio.canonical_service'])) AS raw_name, sent_as,
  toLowCardinality(multiIf(r_version != '', r_version, a['istio.canonical_revision'] IN ('', '-', 'unknown', 'latest'), '', a['istio.canonical_revision'])) AS version,
  toLowCardinality(multiIf(r_pod != '', r_pod,
    match(a['node_id'], '^[^~]*~[^~]*~[^.~]'), extract(a['node_id'], '^[^~]*~[^~]*~([^.~]+)'), r_instance)) AS instance,
  a['component'] = 'proxy' OR r_envoy OR position(a['node_id'], '~') > 0 AS envoy,
  r_linkerd OR (a['direction'] IN ('inbound', 'outbound') AND (a['url.path'] != '' OR a['server.address'] != '')) AS linkerd,
  toLowCardinality(if(linkerd, a['direction'], lower(a['traffic_direction']))) AS way,
  toLowCardinality(a['node_id']) AS node_id, gateway_label,
  toLowCardinality(multiIf(a['upstream_cluster'] NOT IN ('', '-'), a['upstream_cluster'], a['upstream_cluster.name'] != '-', a['upstream_cluster.name'], '')) AS cluster,
  startsWith(multiIf(a['user_agent.original'] != '', a['user_agent.original'], a['http.user_agent'] != '', a['http.user_agent'], a['user_agent']), 'kube-probe/') AS probe,
  toLowCardinality(if(a['http.request.method'] != '', a['http.request.method'], a['http.method'])) AS method,
  toLowCardinality(a['http.route']) AS route,
  if(a['url.full'] != '', a['url.full'], a['http.url']) AS url,
  toLowCardinality(if(a['http.response.status_code'] != '', a['http.response.status_code'], a['http.status_code'])) AS code_text,
  toLowCardinality(if(a['rpc.system.name'] != '', a['rpc.system.name'], a['rpc.system'])) AS rpc_system,
  toLowCardinality(a['rpc.service']) AS rpc_service,
  toLowCardinality(a['rpc.method']) AS rpc_method,
  toLowCardinality(a['grpc.path']) AS grpc_path,
  toLowCardinality(multiIf(a['rpc.status_code'] != '', a['rpc.status_code'], a['rpc.response.status_code'] != '', a['rpc.response.status_code'],
    a['rpc.grpc.status_code'] != '', a['rpc.grpc.status_code'], a['rpc.connect_rpc.error_code'] != '', a['rpc.connect_rpc.error_code'],
    a['grpc.status_code'])) AS grpc_text,
  toLowCardinality(if(a['db.system.name'] != '', a['db.system.name'], a['db.system'])) AS db_system,
  toLowCardinality(multiIf(a['db.namespace'] != '', a['db.namespace'], a['db.name'] != '', a['db.name'],
    a['db.redis.database_index'] != '', a['db.redis.database_index'], a['db.elasticsearch.cluster.name'])) AS db_ns,
  toLowCardinality(if(a['db.operation.name'] != '', a['db.operation.name'], a['db.operation'])) AS db_operation,
  toLowCardinality(multiIf(a['db.collection.name'] != '', a['db.collection.name'], a['db.sql.table'] != '', a['db.sql.table'],
    a['db.mongodb.collection'] != '', a['db.mongodb.collection'], a['db.cassandra.table'])) AS db_target,
  toLowCardinality(a['messaging.system']) AS m_system,
  toLowCardinality(if(a['messaging.operation.type'] != '', a['messaging.operation.type'], a['messaging.operation'])) AS m_operation,
  toLowCardinality(multiIf(
    a['messaging.destination.temporary'] = 'true' OR a['messaging.destination.anonymous'] = 'true' OR a['messaging.temp_destination'] = 'true', '(temporary)',
    a['messaging.destination.template'] != '', a['messaging.destination.template'],
    a['messaging.destination.name'] != '', a['messaging.destination.name'], a['messaging.destination'])) AS m_destination,
  toLowCardinality(if(a['response_flags'] = '-', '', a['response_flags'])) AS flags,
  toLowCardinality(a['response_code_details']) AS details,
  toLowCardinality(if(a['downstream_peer_uri_san'] = '-', '', a['downstream_peer_uri_san'])) AS caller_san,
  toLowCardinality(multiIf(a['service.peer.name'] NOT IN $NOTHING, a['service.peer.name'], a['peer.service'] NOT IN $NOTHING, a['peer.service'], '')) AS explicit,
  toLowCardinality(if(a['service.peer.name'] NOT IN $NOTHING, a['service.peer.namespace'], '')) AS explicit_ns
FROM read;

-- 2. Whose span it is, and what part it plays.
-- let DB_OLD = ['mssql', 'oracle', 'db2', 'dynamodb', 'cosmosdb', 'spanner', 'hanadb', 'h2', 'firebird', 'redshift']
-- let DB_NEW = ['microsoft.sql_server', 'oracle.db', 'ibm.db2', 'aws.dynamodb', 'azure.cosmosdb', 'gcp.spanner', 'sap.hana', 'h2database', 'firebirdsql', 'aws.redshift']
CREATE TABLE IF NOT EXISTS spans_played (
  $KEPT,
  home $NAME, ns $NAME, own_name $NAME, version $NAME, instance $NAME, role $ROLE, envoy UInt8, linkerd UInt8, gateway_owner UInt8, inward UInt8,
  cluster $NAME, target $NAME, caller $NAME, caller_san $NAME, explicit $NAME, explicit_ns $NAME,
  protocol $NAME, code UInt16, grpc Int16, flags $NAME, details $NAME, method $NAME, route $NAME, url String,
  rpc_service $NAME, rpc_method $NAME, grpc_path $NAME, db_system $NAME, db_ns $NAME, db_operation $NAME, db_target $NAME,
  m_system $NAME, m_operation $NAME, m_destination $NAME
) ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_spans_played TO spans_played AS
WITH played AS (
  SELECT * EXCEPT (db_system),
    toLowCardinality(transform(db_system, $DB_OLD, $DB_NEW)) AS db_system,
    toLowCardinality(meshui_bare(raw_name, ns)) AS own_name,
    meshui_code(code_text) AS code,
    if(rpc_system IN ('', 'grpc', 'connectrpc', 'connect_rpc'), meshui_grpc(grpc_text), -1) AS said,
    toLowCardinality(multiIf(m_system != '' OR m_destination != '' OR kind IN (4, 5), 'messaging', db_system != '', 'db',
      rpc_system IN ('grpc', 'connectrpc', 'connect_rpc') OR grpc_text != '' OR grpc_path != '' OR attributes['grpc.authority'] != '', 'grpc',
      method != '' OR code_text != '' OR url != '' OR route != '', 'http', '')) AS protocol,
    meshui_control(cluster) AS control, meshui_inward(cluster) OR (cluster != '' AND cluster = sent_as) AS inbound_name,
    meshui_called(cluster) AS target, meshui_certified(caller_san) AS caller,
    startsWith(node_id, 'waypoint~') OR startsWith(cluster, 'inbound-vip|')
      OR attributes['istio.destination_canonical_service'] != '' OR attributes['istio.destination_workload'] != '' AS waypoint
  FROM spans_read
)
-- The role (envoy-real.md §3.1): a proxy's by direction, cluster and name, an application's by kind.
SELECT * EXCEPT (raw_name, sent_as, code_text, rpc_system, grpc_text, said, node_id, probe, way, gateway_label, control, inbound_name, waypoint),
  if(protocol = 'grpc' AND said < 0 AND code NOT IN (0, 200),
    meshui_grpc_of_http(code), said) AS grpc,
  inbound_name OR (cluster != '' AND cluster = own_name) AS inward,
  gateway_label OR startsWith(node_id, 'router~') OR match(own_name, '^istio-.*gateway') AS gateway_owner,
  CAST(multiIf(
    probe, 'local',
    linkerd AND way = 'inbound', 'in',
    linkerd AND way = 'outbound', 'out',
    envoy, multiIf(
      control, 'local',
      waypoint, 'relay',
      kind NOT IN (2, 3), 'local',
      way = 'inbound', 'in',
      way = 'outbound', multiIf(kind = 3 OR name != 'ingress', 'out', inward OR gateway_owner, 'in', 'auto'),
      inward, 'in',
      name = 'egress' OR startsWith(name, 'egress '), 'out',
      name = 'ingress', 'in',
      kind = 3, if(cluster != '', 'out', 'auto'),
      gateway_owner, 'in',
      'auto'),
    kind = 2, 'in',
    kind = 3 AND m_operation = '', if(db_system = 'sqlite', 'local', 'out'),
    kind IN (3, 4, 5), transform(m_operation, ['send', 'publish', 'process', 'deliver', 'receive', 'create', 'settle'],
      ['send', 'send', 'process', 'process', 'receive', 'local', 'local'], multiIf(kind = 3, 'local', kind = 4, 'send', 'process')),
    'local') AS $ROLE) AS role
FROM played;

-- 3. The other side, and how it ended.
-- let MOST_WEIGHT = 1e6
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_spans TO spans AS
WITH met AS (
  SELECT *,
    role IN ('send', 'process', 'receive') OR (role = 'out' AND (m_system != '' OR m_destination != '')) AS queue,
    role = 'out' AND db_system != '' AND NOT queue AS store,
    -- The candidates of mesh-telemetry.md §4.2 in order, without brackets, port and the root's dot.
    replaceRegexpOne(toLowCardinality(multiIf(role = 'local', '',
        explicit != '', explicit,
        role = 'in', caller,
        role = 'relay' AND attributes['istio.destination_canonical_service'] NOT IN $NOTHING,
          concat(attributes['istio.destination_canonical_service'],
            if(attributes['istio.destination_namespace'] IN $NOTHING, '', concat('.', attributes['istio.destination_namespace'], '.svc'))),
        target != '', target,
        attributes['server.address'] != '', attributes['server.address'],
        attributes['net.peer.name'] != '', attributes['net.peer.name'],
        attributes['http.host'] != '', attributes['http.host'],
        url != '', extract(url, '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?([[][^]]*[]]|[^/?#:]*)'),
        attributes['grpc.authority'] != '', attributes['grpc.authority'],
        attributes['network.peer.address'] != '', attributes['network.peer.address'],
        attributes['net.sock.peer.addr'] != '', attributes['net.sock.peer.addr'],
        attributes['net.peer.ip'])),
      '^(?:[[]([^]]*)[]](?::[0-9]+)?|([^:]*?)[.]?(?::[0-9]+)?)$', '\\1\\2') AS host,
    extract(trace_state, '(?:^|,)[ \t]*ot=([^,]*)') AS ot,
    toFloat64OrZero(if(attributes['sampler.type'] = 'probabilistic', extract(attributes['sampler.param'], '^[0-9]*[.]?[0-9]+(?:e-?[0-9]{1,2})?$'), '')) AS chance
  FROM spans_played
), named AS (
  -- How the name was found: a host's (or service's) own, a destination's, a store's, a gRPC service's, an address.
  SELECT *,
    extract(host, '(?:^|[.])([^.]+)[.][^.]+[.]svc(?:[.]|$)') AS svc,
    extract(host, '(?:^|[.])[^.]+[.]([^.]+)[.]svc(?:[.]|$)') AS svc_ns,
    match(host, '^(localhost|127[.][0-9.]+|::1|0[.]0[.]0[.]0|/.*)$') AS here,
    match(host, '^[0-9]{1,3}([.][0-9]{1,3}){3}$|:') AS address,
    multiIf(role = 'local', '',
      queue AND (m_system != '' OR m_destination != ''), 'destination',
      store AND (host IN $NOTHING OR here OR address), 'store',
      host IN $NOTHING, if(role = 'out' AND rpc_service != '', 'rpc', ''),
      here, '',
      address, if(role = 'in', '', 'address'),
      'host') AS found,
    extract(ot, '(?:^|;)th:([0-9a-f]{1,14})(?:;|$)') AS th,
    extract(ot, '(?:^|;)p:([0-9]{1,2})(?:;|$)') AS p
  FROM met
)
SELECT bucket, ts, duration, late, trace_id, span_id, parent_id,
  if(own_name = '', '-/unknown', meshui_id(meshui_cluster(home), ns, own_name)) AS node, version, instance, role,
  envoy OR linkerd AS proxy,
  -- A gateway calls others than its own workload. One tagged `outbound` is told from a sidecar by starting the trace.
  role != 'relay' AND (gateway_owner OR (envoy AND kind = 2 AND cluster != '' AND NOT inward
    AND (role = 'in' OR (role = 'auto' AND name = 'ingress' AND parent_id = 0)))) AS gateway,
  kind, name,
  multiIf(m_operation != '' AND m_destination != '', concat(m_operation, ' ', m_destination),
    db_operation != '', if(db_target = '', db_operation, concat(db_operation, ' ', db_target)),
    position(rpc_method, '/') > 0, trimLeft(rpc_method, '/'),
    rpc_method != '' AND rpc_service != '', concat(rpc_service, '/', rpc_method),
    grpc_path != '', trimLeft(grpc_path, '/'),
    route != '', if(method = '', route, concat(method, ' ', route)),
    linkerd AND method != '', method,
    name) AS operation,
  protocol, status, status_message, code, grpc, flags,
  multiIf(NOT (envoy OR linkerd), -1,
    details IN ('via_upstream', 'response_timeout', 'downstream_remote_disconnect'), 1,
    match(details, 'overflow|remote_connection_failure|no_healthy_upstream|route_not_found|fault_filter_abort|rbac_access_denied'), 0,
    match(flags, '(^|,)(UH|UF|UO|LH|DF|NC|NFCF|DO|OM|RLSE|NR|RL|UAEX|IH|FI|DPE|RFCF)(,|$)'), 0,
    match(flags, '(^|,)(UR|UT|URX|UMSDR|UPE|DI)(,|$)'), 1,
    flags != '' OR code = 0 OR (code = 403 AND role = 'in'), -1,
    1) AS arrived,
  multiIf(found = 'destination', concat(m_system, if(m_system != '' AND m_destination != '', '/', ''), m_destination),
    found = 'store', concat(db_system, if(db_ns = '', '', '/'), db_ns),
    found = 'host', if(svc != '', svc, host),
    found = 'rpc', rpc_service,
    found = 'address', concat('ip of ', own_name),
    '') AS peer,
  if(found = 'host', if(explicit_ns != '', explicit_ns, svc_ns), '') AS peer_ns,
  CAST(multiIf(found = '', 'none', queue, 'queue',
    store, if(db_system IN ('redis', 'memcached', 'valkey', 'hazelcast', 'geode'), 'cache', 'database'),
    found = 'host' AND (role IN ('in', 'relay') OR explicit != '' OR svc != '' OR position(host, '.') = 0), 'service',
    'external') AS $PEER_KIND) AS peer_kind,
  -- Only a peer's URI name proves both ends; absent says nothing, `-` says plaintext (envoy-real.md §3.1).
  CAST(multiIf(linkerd, transform(attributes['tls'], ['true', 'no_identity', 'disabled'], ['mutual', 'plain', 'plain'], 'unknown'),
    NOT envoy OR role = 'local', 'unknown',
    role = 'in', multiIf(caller_san != '', 'mutual', attributes['downstream_tls_version'] = '-', 'plain', 'unknown'),
    attributes['upstream_peer_uri_san'] NOT IN ('', '-'), 'mutual', attributes['upstream_tls_version'] = '-', 'plain', 'unknown') AS $TLS) AS tls,
  -- th: a rejection threshold of 2^56, padded on the right; p: a power of two; Jaeger: a probability (mesh-telemetry.md §5.5).
  toFloat32(multiIf(trace_state = '' AND chance = 0, 1,
    th != '', least($MOST_WEIGHT, 72057594037927936 / (72057594037927936 - reinterpretAsUInt64(reverse(unhex(rightPad(th, 14, '0')))))),
    p != '', multiIf(toUInt8OrZero(p) = 63, 0, toUInt8OrZero(p) > 63, 1, least($MOST_WEIGHT, exp2(toUInt8OrZero(p)))),
    chance > 0 AND chance <= 1, least($MOST_WEIGHT, 1 / chance),
    1)) AS weight,
  resource_id, scope, kinds, attributes, events, links, trace_state, spool, segment
FROM named;

-- Owners that sent spans themselves, for names that only a span's peer knows: bare ones look here for their namespace.
CREATE TABLE IF NOT EXISTS services (
  node $NAME, version $NAME, cluster $NAME, namespace $NAME, name $NAME,
  gateway SimpleAggregateFunction(max, UInt8),
  first_seen SimpleAggregateFunction(min, DateTime('UTC')), last_seen SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree ORDER BY (node, version, cluster, namespace, name)
SETTINGS $DURABLE;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_services TO services AS
SELECT node, version, decodeURLComponent(if(position(node, ':') > 0, substringIndex(node, ':', 1), '')) AS cluster,
  decodeURLComponent(substringIndex(substringIndex(node, ':', -1), '/', 1)) AS namespace,
  decodeURLComponent(substringIndex(node, '/', -1)) AS name,
  max(gateway) AS gateway, min(bucket) AS first_seen, max(bucket) AS last_seen
FROM spans GROUP BY node, version;

-- Spans that take no part in signals, by who sent them.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_late TO rejects AS
SELECT bucket AS at, node AS sender, if(toUnixTimestamp64Nano(ts) = 0, 'start time missing', 'start time outside the accepted age') AS reason,
  count() AS n, spool, segment
FROM spans WHERE late GROUP BY at, sender, reason, spool, segment;
