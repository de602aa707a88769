-- Access logs in normal form: one row a record that an access log wrote, in the words of `spans` (docs/senders/access-logs.md says
-- what is read from whom, tests/plain/access.py says the same slowly). Log records that are none make no row, late ones neither.
-- let NAME = LowCardinality(String)
-- let ROLE = Enum8('in' = 1, 'out' = 2, 'relay' = 3)
-- let TLS = Enum8('unknown' = 0, 'mutual' = 1, 'plain' = 2)
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)
-- let SMALL = CODEC(ZSTD(1))
-- let DURABLE = non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1

-- peer: who is called, of an `in` only where its cluster is not its own workload; asked: whom the caller asked for, where a
-- cluster has another name; caller: who calls, by its certificate. duration 2^64 - 1: not measured. attempts 255: not said. request_id: joins the two sides of a call where no trace id does.
CREATE TABLE IF NOT EXISTS access (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  trace_id FixedString(16) $SMALL, span_id UInt64 CODEC(NONE),
  node $NAME $SMALL, version $NAME $SMALL, instance $NAME $SMALL,
  role $ROLE $SMALL, gateway UInt8 $SMALL,
  peer $NAME $SMALL, peer_ns $NAME $SMALL, peer_kind $NAME $SMALL, caller $NAME $SMALL, caller_ns $NAME $SMALL,
  asked String $SMALL, asked_ns $NAME $SMALL, cluster $NAME $SMALL, protocol $NAME $SMALL,
  code UInt16 $SMALL, grpc Int16 $SMALL, flags $NAME $SMALL, details $NAME $SMALL, arrived Int8 $SMALL,
  duration UInt64 CODEC(T64, ZSTD(1)),
  tls $TLS $SMALL, own_identity $NAME $SMALL, peer_identity $NAME $SMALL,
  bytes_in UInt64 $SMALL, bytes_out UInt64 $SMALL, attempts UInt8 $SMALL,
  operation $NAME $SMALL, request_id String $SMALL,
  resource_id UInt64 $SMALL, spool UInt64 $SMALL, segment UInt64 $SMALL
) ENGINE = MergeTree PARTITION BY toDate(bucket) ORDER BY (bucket, trace_id)
SETTINGS index_granularity = 2048, $DURABLE;

-- A path less its query, with what looks like an id left out, three parts at most: there are few of them, whatever is asked for.
CREATE OR REPLACE FUNCTION meshui_template AS path -> concat(
  arrayStringConcat(arrayMap(part -> if(match(part, '^[0-9a-fA-F-]*[0-9][0-9a-fA-F-]*$|[0-9]{3}|[%@]|^.{33}'), '{id}', part),
    arraySlice(splitByChar('/', extract(path, '^[^?#]*')), 1, 4)), '/'),
  if(countSubstrings(extract(path, '^[^?#]*'), '/') > 3, '/*', ''));

-- 1. A record's values under their names, wherever it has them (attributes, a body that is a list, JSON or one of the known
-- texts), and what its resource says of the sender. Of two places with one name the first counts.
-- let FIRST = arrayFirst(x -> x NOT IN ('', '-', 'unknown'),
-- let NOTHING = ('', '-', 'unknown')
-- let TOLD = received UInt64, time UInt64, trace_id FixedString(16), span_id UInt64, resource_id UInt64, spool UInt64, segment UInt64
-- let OWNER = r_cluster $NAME, r_ns $NAME, r_name $NAME, sent_as $NAME, r_version $NAME, r_instance $NAME, r_node $NAME, gateway_label UInt8
CREATE TABLE IF NOT EXISTS access_sent ($TOLD, $OWNER, a Map($NAME, String)) ENGINE = Null;

-- Texts by their shape: Istio's and Envoy's own, which differ by the values in the middle and at the end; Kuma's.
-- let HEAD = ^[[]([^]]*)[]] "([^ ]*) (.*?) ([^ ]*)" ([0-9]+|-) ([^ ]+)
-- let TAIL = ([0-9]+|-) ([0-9]+|-) ([0-9]+|-) ([^ ]+) "(.*?)" "(.*?)" "([^"]*)" "([^"]*)" "([^"]*)"
-- let ISTIO = $HEAD ([^ ]+) ([^ ]+) "(.*?)" $TAIL ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)
-- let ENVOY = $HEAD $TAIL
-- let KUMA = ^[[]([^]]*)[]] ([^ ]+) "([^ ]*) (.*?) ([^ ]*)" ([0-9]+|-) ([^ ]+) $TAIL "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)"
-- let HEAD_NAMES = 'start_time', 'method', 'path', 'protocol', 'response_code', 'response_flags'
-- let TAIL_NAMES = 'bytes_received', 'bytes_sent', 'duration', 'upstream_service_time', 'x_forwarded_for', 'user_agent', 'request_id', 'authority', 'upstream_host'
-- let ISTIO_NAMES = $HEAD_NAMES, 'response_code_details', 'connection_termination_details', 'upstream_transport_failure_reason', $TAIL_NAMES, 'upstream_cluster', 'upstream_local_address', 'downstream_local_address', 'downstream_remote_address', 'requested_server_name', 'route_name'
-- let KUMA_NAMES = 'start_time', 'kuma_mesh', 'method', 'path', 'protocol', 'response_code', 'response_flags', 'bytes_received', 'bytes_sent', 'duration', 'upstream_service_time', 'x_forwarded_for', 'user_agent', 'x_trace_id', 'request_id', 'authority', 'kuma_source_service', 'kuma_destination_service', 'kuma_source_address', 'upstream_host'
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_access_sent TO access_sent AS
WITH senders AS (
  SELECT spool, segment, received, rs.scope_logs AS scopes, cityHash64(rs.resource.attributes) AS resource_id, meshui_attributes(rs.resource.attributes) AS r
  FROM landing_logs ARRAY JOIN resource_logs AS rs
), owners AS (
  SELECT spool, segment, received, scopes, resource_id,
    extractGroups(r['service.name'], '^([^_]+)_([^_]+)_svc_[0-9]+') AS kuma,
    $FIRST [r['k8s.cluster.name'], r['istio.cluster_id'], r['kuma.zone']]) AS r_cluster,
    $FIRST [r['service.namespace'], kuma[2], r['k8s.namespace.name'], r['kuma.mesh']]) AS r_ns,
    $FIRST [if(startsWith(r['service.name'], 'unknown_service'), '', if(kuma[1] != '', kuma[1], r['service.name'])),
      r['k8s.deployment.name'], r['k8s.statefulset.name'], r['k8s.daemonset.name'], r['k8s.cronjob.name'], r['k8s.job.name'],
      meshui_of_pod(r['k8s.pod.name']), r['cluster_name']]) AS r_name,
    $FIRST [r['service.name'], r['cluster_name']]) AS sent_as,
    $FIRST [r['service.version'], r['app.kubernetes.io/version']]) AS r_version,
    $FIRST [r['k8s.pod.name'], r['service.instance.id'], if(position(r['node_name'], '~') > 0, '', r['node_name']), r['host.name']]) AS r_instance,
    r['node_name'] AS r_node,
    r['gateway.networking.k8s.io/gateway-name'] != '' OR position(r['istio'], 'gateway') > 0 AS gateway_label
  FROM senders
), records AS (
  SELECT spool, segment, received, resource_id, r_cluster, r_ns, r_name, sent_as, r_version, r_instance, r_node, gateway_label,
    if(l.time_unix_nano = 0, l.observed_time_unix_nano, l.time_unix_nano) AS stamped, l.time_unix_nano = 0 AS unsaid,
    toFixedString(substring(l.trace_id, 1, 16), 16) AS trace_id, reinterpretAsUInt64(substring(l.span_id, 1, 8)) AS span_id,
    meshui_attributes(arrayConcat(l.attributes, l.body.kvlist_value.values)) AS own, l.body.string_value AS text,
    if(startsWith(text, '{'), JSONExtractKeysAndValues(text, 'String'), []) AS pairs,
    if(startsWith(text, '['), extractGroups(text, '$ISTIO'), []) AS istio,
    if(startsWith(text, '[') AND empty(istio), extractGroups(text, '$KUMA'), []) AS kuma,
    if(startsWith(text, '[') AND empty(istio) AND empty(kuma), extractGroups(text, '$ENVOY'), []) AS envoy
  FROM owners ARRAY JOIN scopes AS s ARRAY JOIN s.log_records AS l
)
SELECT received,
  ifNull(nullIf(if(unsaid, toUInt64(greatest(toUnixTimestamp64Nano(parseDateTime64BestEffortOrZero(a['start_time'], 9, 'UTC')), 0)), 0), 0), stamped) AS time, trace_id, span_id, resource_id, spool, segment,
  r_cluster, r_ns, r_name, sent_as, r_version, r_instance, r_node, gateway_label,
  CAST((arrayConcat(mapKeys(own), CAST(tupleElement(pairs, 1), 'Array(LowCardinality(String))'),
      CAST(arraySlice([$ISTIO_NAMES], 1, length(istio)), 'Array(LowCardinality(String))'),
      CAST(arraySlice([$KUMA_NAMES], 1, length(kuma)), 'Array(LowCardinality(String))'),
      CAST(arraySlice([$HEAD_NAMES, $TAIL_NAMES], 1, length(envoy)), 'Array(LowCardinality(String))')),
    arrayConcat(mapValues(own), tupleElement(pairs, 2), istio, kuma, envoy)), 'Map(LowCardinality(String), String)') AS a
FROM records
-- What is no access log has none of these.
WHERE mapContains(a, 'response_flags') OR mapContains(a, 'upstream_cluster') OR (mapContains(a, 'response_code') AND mapContains(a, 'traffic_direction'));

-- 2. Whose record it is, and on which side of the call it was written.
-- let KEPT = bucket DateTime('UTC'), ts DateTime64(9, 'UTC'), trace_id FixedString(16), span_id UInt64, resource_id UInt64, spool UInt64, segment UInt64
CREATE TABLE IF NOT EXISTS access_read (
  $KEPT, home $NAME, ns $NAME, own_name $NAME, version $NAME, instance $NAME, way $NAME, inward UInt8, waypoint UInt8, gateway UInt8,
  cluster $NAME, authority String, sni $NAME, host String, destination $NAME, method $NAME, path String, route $NAME, http $NAME,
  code UInt16, said Int16, grpc_text UInt8, flags $NAME, details $NAME,
  downstream_san $NAME, upstream_san $NAME, downstream_own_san $NAME, upstream_own_san $NAME, downstream_tls $NAME, upstream_tls $NAME,
  bytes_in UInt64, bytes_out UInt64, duration UInt64, attempts UInt8, request_id String
) ENGINE = Null;

-- The accepted age: as for spans (0002_spans.sql), in ns.
-- let AGE_BACK = 169200000000000
-- let AGE_AHEAD = 600000000000
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_access_read TO access_read AS
WITH named AS (
  SELECT *,
    -- An Envoy of Istio tells its pod and namespace in its node id, wherever that stands.
    toLowCardinality($FIRST [a['node_id'], r_node])) AS node_id,
    toLowCardinality($FIRST [a['istio.namespace'], if(match(node_id, '^[^~]*~[^~]*~[^~]*~[^.~]'), extract(node_id, '^[^~]*~[^~]*~[^~]*~([^.~]+)'), ''), r_ns])) AS said_ns,
    toLowCardinality(if(match(node_id, '^[^~]*~[^~]*~[^.~]'), extract(node_id, '^[^~]*~[^~]*~([^.~]+)'), '')) AS pod,
    -- The own certificate, and the name that a caller's TLS asked for, name an owner that nothing else does.
    toLowCardinality($FIRST [a['downstream_local_uri_san'], a['upstream_local_uri_san']])) AS own_san,
    toLowCardinality(meshui_certified(own_san)) AS certified,
    toLowCardinality(if(startsWith(a['requested_server_name'], 'outbound_.'), meshui_called(a['requested_server_name']), '')) AS asked,
    toLowCardinality(multiIf(a['upstream_cluster'] NOT IN ('', '-'), a['upstream_cluster'], a['upstream_cluster_raw'] NOT IN ('', '-'), a['upstream_cluster_raw'], '')) AS upstream,
    toLowCardinality($FIRST [a['istio.canonical_service'], r_name, meshui_of_pod(pod),
      extract(a['kuma_source_service'], '^([^_]+)_[^_]+_svc_[0-9]+'), a['kuma_source_service'],
      extract(certified, '^([^.]+)[.]'), extract(asked, '^([^.]+)[.][^.]+[.]svc(?:[.]|$)')])) AS raw_name,
    toLowCardinality($FIRST [said_ns, extract(a['kuma_source_service'], '^[^_]+_([^_]+)_svc_[0-9]+'),
      if(r_name = '' AND pod = '', extract(certified, '^[^.]+[.]([^.]+)[.]svc$'), ''), if(r_name = '' AND pod = '', extract(asked, '^[^.]+[.]([^.]+)[.]svc(?:[.]|$)'), '')])) AS ns,
    toLowCardinality(meshui_bare(raw_name, ns)) AS own_name
  FROM access_sent
  WHERE time <= received + $AGE_AHEAD AND time + $AGE_BACK >= received
)
SELECT toDateTime(intDiv(time, 10000000000) * 10, 'UTC') AS bucket, fromUnixTimestamp64Nano(toInt64(time), 'UTC') AS ts, trace_id, span_id, resource_id, spool, segment,
  toLowCardinality(if(a['istio.cluster_id'] IN $NOTHING, r_cluster, a['istio.cluster_id'])) AS home, ns, own_name,
  toLowCardinality($FIRST [r_version, if(a['istio.canonical_revision'] = 'latest', '', a['istio.canonical_revision'])])) AS version,
  toLowCardinality($FIRST [pod, r_instance])) AS instance,
  toLowCardinality(if(a['kuma_source_service'] != '' AND a['traffic_direction'] = '', 'outbound', lower(a['traffic_direction']))) AS way,
  meshui_inward(upstream) OR (upstream != '' AND upstream IN (own_name, sent_as)) AS inward,
  startsWith(node_id, 'waypoint~') OR startsWith(upstream, 'inbound-vip|') AS waypoint,
  gateway_label OR startsWith(node_id, 'router~') OR match(own_name, '^istio-.*gateway') AS gateway,
  upstream AS cluster, if(a['authority'] = '-', '', a['authority']) AS authority, toLowCardinality(if(a['requested_server_name'] = '-', '', a['requested_server_name'])) AS sni,
  a['upstream_host'] AS host, toLowCardinality(meshui_called(a['kuma_destination_service'])) AS destination,
  toLowCardinality(if(a['method'] = '-', '', a['method'])) AS method, if(a['path'] = '-', '', a['path']) AS path,
  toLowCardinality(a['route_name']) AS route, toLowCardinality(if(a['protocol'] = '-', '', a['protocol'])) AS http,
  meshui_code(toLowCardinality(a['response_code'])) AS code,
  meshui_grpc(toLowCardinality(arrayFirst(x -> x NOT IN ('', '-'), [a['grpc_status_number'], a['grpc_status'], a['grpc-status']]))) AS said,
  said >= 0 OR startsWith(a['content_type'], 'application/grpc') AS grpc_text,
  toLowCardinality(if(a['response_flags'] = '-', '', a['response_flags'])) AS flags,
  toLowCardinality(if(a['response_code_details'] = '-', '', extract(a['response_code_details'], '^.{0,200}'))) AS details,
  toLowCardinality(if(a['downstream_peer_uri_san'] = '-', '', extract(a['downstream_peer_uri_san'], '^[^,]*'))) AS downstream_san,
  toLowCardinality(if(a['upstream_peer_uri_san'] = '-', '', extract(a['upstream_peer_uri_san'], '^[^,]*'))) AS upstream_san,
  toLowCardinality(if(a['downstream_local_uri_san'] = '-', '', extract(a['downstream_local_uri_san'], '^[^,]*'))) AS downstream_own_san,
  toLowCardinality(if(a['upstream_local_uri_san'] = '-', '', extract(a['upstream_local_uri_san'], '^[^,]*'))) AS upstream_own_san,
  toLowCardinality(a['downstream_tls_version']) AS downstream_tls, toLowCardinality(a['upstream_tls_version']) AS upstream_tls,
  toUInt64OrZero(extract(a['bytes_received'], '^[0-9]{1,18}$')) AS bytes_in, toUInt64OrZero(extract(a['bytes_sent'], '^[0-9]{1,18}$')) AS bytes_out,
  if(match(a['duration'], '^[0-9]{1,12}([.][0-9]*)?$'), toUInt64(round(toFloat64OrZero(a['duration']) * 1e6)), 18446744073709551615) AS duration,
  if(match(a['upstream_request_attempt_count'], '^[0-9]{1,9}$'), toUInt8(least(254, toUInt64OrZero(a['upstream_request_attempt_count']))), 255) AS attempts,
  if(a['request_id'] = '-', '', a['request_id']) AS request_id
FROM named
-- Probes and a proxy's own control plane are no traffic of the mesh.
WHERE NOT startsWith(a['user_agent'], 'kube-probe/') AND NOT meshui_control(upstream);

-- 3. The other side, and how it ended.
-- let PORT = ^(?:[[]([^]]*)[]](?::[0-9]+)?|([^:]*?)[.]?(?::[0-9]+)?)$
-- let ADDRESS = ^[0-9]{1,3}([.][0-9]{1,3}){3}$|:
-- let HERE = ^(localhost|127[.][0-9.]+|::1|0[.]0[.]0[.]0|/.*)$
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_access TO access AS
WITH met AS (
  SELECT *,
    multiIf(waypoint, 'relay', way = 'inbound', 'in', way = 'outbound', 'out', inward, 'in', 'out') AS part,
    multiIf(grpc_text OR (method = 'POST' AND startsWith(http, 'HTTP/2') AND match(path, '^/[A-Za-z0-9_]+([.][A-Za-z0-9_]+)+/[A-Za-z0-9_]+$')), 'grpc',
      method != '' OR path != '' OR code != 0, 'http', 'tcp') AS protocol,
    toLowCardinality(if(part = 'out', '', meshui_certified(downstream_san))) AS caller_host,
    replaceRegexpOne(toLowCardinality(multiIf(part = 'in', if(inward, '', meshui_called(cluster)), destination != '', destination, meshui_called(cluster) != '', meshui_called(cluster),
        authority != '', authority, sni != '', sni, host)),
      '$PORT', '\\1\\2') AS called_host,
    if(part = 'out' AND meshui_called(cluster) != '', replaceRegexpOne(authority, '$PORT', '\\1\\2'), '') AS asked_host
  FROM access_read
), found AS (
  SELECT *,
    extract(called_host, '(?:^|[.])([^.]+)[.][^.]+[.]svc(?:[.]|$)') AS svc,
    extract(caller_host, '^([^.]+)[.][^.]+[.]svc$') AS caller_svc,
    match(called_host, '$ADDRESS') AS address,
    called_host IN $NOTHING OR match(called_host, '$HERE') AS nobody,
    if(asked_host IN ('', '-', 'unknown', called_host) OR match(asked_host, '$ADDRESS') OR match(asked_host, '$HERE'), '', asked_host) AS asked_for, extract(asked_for, '(?:^|[.])([^.]+)[.][^.]+[.]svc(?:[.]|$)') AS asked_svc
  FROM met
)
SELECT bucket, ts, trace_id, span_id,
  if(own_name = '', '-/unknown', meshui_id(meshui_cluster(home), ns, own_name)) AS node, version, instance,
  CAST(part AS $ROLE) AS role, part != 'relay' AND gateway AS gateway,
  multiIf(nobody, '', address, concat('ip of ', own_name), svc != '', svc, called_host) AS peer,
  if(nobody OR address OR svc = '', '', extract(called_host, '(?:^|[.])[^.]+[.]([^.]+)[.]svc(?:[.]|$)')) AS peer_ns,
  multiIf(nobody, '', NOT address AND (svc != '' OR position(called_host, '.') = 0), 'service', 'external') AS peer_kind,
  if(caller_svc != '', caller_svc, caller_host) AS caller,
  extract(caller_host, '^[^.]+[.]([^.]+)[.]svc$') AS caller_ns,
  if(asked_svc != '', asked_svc, asked_for) AS asked, extract(asked_for, '(?:^|[.])[^.]+[.]([^.]+)[.]svc(?:[.]|$)') AS asked_ns,
  cluster, protocol, code,
  if(protocol = 'grpc' AND said < 0 AND code NOT IN (0, 200),
    meshui_grpc_of_http(code), said) AS grpc,
  flags, details,
  -- By whether a host was chosen and by what it says of the end; by flag only where neither is written (envoy-real.md §3.2).
  multiIf(host = '-', 0, details IN ('via_upstream', 'response_timeout', 'downstream_remote_disconnect'), 1,
    match(details, 'overflow|remote_connection_failure|no_healthy_upstream|route_not_found|fault_filter_abort|rbac_access_denied'), 0,
    match(flags, '(^|,)(UH|UF|UO|LH|DF|NC|NFCF|DO|OM|RLSE|NR|RL|UAEX|IH|FI|DPE|RFCF)(,|$)'), 0,
    match(flags, '(^|,)(UR|UT|URX|UMSDR|UPE|DI)(,|$)'), 1,
    flags != '' OR (code = 0 AND protocol != 'tcp'), -1,
    1) AS arrived,
  duration,
  CAST(multiIf(part = 'out', multiIf(upstream_san != '', 'mutual', upstream_tls = '-', 'plain', 'unknown'),
    downstream_san != '', 'mutual', downstream_tls = '-', 'plain', 'unknown') AS $TLS) AS tls,
  if(part = 'out', upstream_own_san, downstream_own_san) AS own_identity, if(part = 'out', upstream_san, downstream_san) AS peer_identity,
  bytes_in, bytes_out, attempts,
  multiIf(protocol = 'tcp', '', protocol = 'grpc' AND path != '', trimLeft(meshui_template(path), '/'),
    startsWith(route, '/'), trimLeft(concat(method, ' ', route)), trimLeft(concat(method, ' ', meshui_template(path)))) AS operation,
  request_id, resource_id, spool, segment
FROM found;

-- The buckets beside a record's too: a call's other side may stand there.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_dirty_access TO dirty AS
SELECT spool, segment, arrayJoin([own - 10, own, own + 10]) AS bucket, toLowCardinality('logs') AS signal, sum(records) AS n
FROM (SELECT spool, segment, access.bucket AS own, count() AS records FROM access GROUP BY spool, segment, own) GROUP BY spool, segment, bucket;

-- Owners that wrote access logs themselves: known like those that sent spans.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_services_access TO services AS
SELECT node, version, decodeURLComponent(if(position(node, ':') > 0, substringIndex(node, ':', 1), '')) AS cluster,
  decodeURLComponent(substringIndex(substringIndex(node, ':', -1), '/', 1)) AS namespace,
  decodeURLComponent(substringIndex(node, '/', -1)) AS name,
  max(gateway) AS gateway, min(bucket) AS first_seen, max(bucket) AS last_seen
FROM access WHERE node != '-/unknown' GROUP BY node, version;

-- Where a refresh puts the records of a run of buckets (rollup/records.py); emptied before each.
-- enters, leaves, relays: a request that came into its owner, that it sent, that it passed on: a gateway writes one record of both.
-- joins: the trace, or the request id (0: has none); own_key, peer_key: names that both sides of a call have in common; entry, exit:
-- the two together, of a request that entered and of one that left (0: none).
-- class: as the called judges, staying: the same less what says that the client left, calling: as the caller judges.
CREATE TABLE IF NOT EXISTS fold_access (
  uid UInt64, joins UInt64, entry UInt64, exit UInt64, bucket DateTime('UTC'), ts DateTime64(9, 'UTC'), trace_id FixedString(16),
  node $NAME, version $NAME, instance $NAME, enters UInt8, leaves UInt8, relays UInt8, gateway UInt8,
  own_ns $NAME, own_key $NAME, peer $NAME, peer_ns $NAME, peer_kind $NAME, called_ns $NAME, peer_key $NAME, subset $NAME, caller $NAME, caller_key $NAME,
  protocol $NAME, class $CLASS, staying $CLASS, calling $CLASS, label $NAME, flags $NAME, arrived Int8, bin Int16, ms Float64,
  tls $TLS, own_identity $NAME, peer_identity $NAME, bytes_in UInt64, bytes_out UInt64, attempts UInt8, operation $NAME
) ENGINE = Memory;

-- A record that entered its owner, with the one that its caller wrote of the same call.
CREATE TABLE IF NOT EXISTS fold_entered (uid UInt64, ts DateTime64(9, 'UTC'), called UInt64, node $NAME, relays UInt8) ENGINE = Memory;

-- A name as both sides of a call may have it: `name.namespace` without the namespace, a host whole.
CREATE OR REPLACE FUNCTION meshui_short AS name -> if(countSubstrings(name, '.') = 1, substringIndex(name, '.', 1), toString(name));
