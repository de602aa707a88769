-- How metrics are read: what the dialects declare (telemetry/dialects/, written by learn.py), and for each series what was made
-- of it (telemetry/rollup/readings.sql). A user sees `readings` on /settings/ and in the API.
-- let NAME = LowCardinality(String)
-- let TYPE = Enum8('none' = 0, 'gauge' = 5, 'sum' = 7, 'histogram' = 9, 'exponential_histogram' = 10, 'summary' = 11)
-- let SIDE = Enum8('client' = 1, 'server' = 2, 'relay' = 3)
-- let TLS = Enum8('unknown' = 0, 'mutual' = 1, 'plain' = 2)
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)
-- let DURABLE = fsync_after_insert = 1, fsync_part_directory = 1

CREATE TABLE IF NOT EXISTS dialects (dialect $NAME, rank UInt8, word $NAME, by_cluster UInt8) ENGINE = MergeTree ORDER BY dialect;

-- One row a metric of a dialect; of several that fit a series the lowest place counts.
CREATE TABLE IF NOT EXISTS dialect_metrics (
  dialect $NAME, place UInt16, name String, grp $NAME, measure $NAME, side $NAME, unit_ms Float64, protocol $NAME, code UInt16, flags $NAME, arrived Int8,
  only Array(Tuple(String, Array(String))), marks Array(String), own Array(Tuple(String, Array(String))), needs String, unless String, swapped UInt8, why String
) ENGINE = MergeTree ORDER BY (name, place);

-- What a dialect's labels say, by side ('' : which side). labels: (label, how it is read), the first that says something counts.
CREATE TABLE IF NOT EXISTS dialect_labels (dialect $NAME, side $NAME, field $NAME, labels Array(Tuple(String, String)), words Map(String, String))
ENGINE = MergeTree ORDER BY (dialect, side, field);

-- How each series is read, from its first point on. why '': it is read; else why it is not. target '': `peer` is the raw name of the
-- called. source '': the called does not say who called. code 0, grpc -1: none; status 2: it failed, without a code. le: upper bound
-- of a classic Prometheus bucket, nan for none; family: the same for all series of one classic histogram. unit_ms: factor to ms of
-- durations. cluster: of a proxy's statistic, the cluster it is about (`http:<prefix>` of the side towards callers). name: the
-- metric's, without prefixes and suffixes of exporters. first_digit: of its code, where only that is said. class, ended: how its
-- requests ended, and that as a code; same: equal for all series that say something of the same requests. Pods come and go: after
-- two days a series is read anew if it still lives.
CREATE TABLE IF NOT EXISTS readings (
  series UInt64, sender UInt64, metric $NAME, name $NAME, type $TYPE, temporality UInt8, dialect $NAME, rank UInt8, by_cluster UInt8,
  measure $NAME, why String, side $SIDE,
  source String, target String, peer $NAME, peer_ns $NAME, peer_kind $NAME, source_kind $NAME, target_kind $NAME,
  source_version $NAME, target_version $NAME, instance $NAME, operation $NAME, protocol $NAME,
  code UInt16, grpc Int16, flags $NAME, status UInt8, first_digit UInt8, tls $TLS, arrived Int8,
  source_identity String, target_identity String, le Float64, family UInt64, unit_ms Float64, cluster $NAME, seen DateTime('UTC'),
  class $CLASS, ended $NAME, same UInt64,
  read_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree ORDER BY series TTL read_at + INTERVAL 2 DAY SETTINGS $DURABLE;

-- Names of one service, as series said them that name both: a Service (id) and what its pods call themselves (node). They are one
-- node where each has only the other.
CREATE TABLE IF NOT EXISTS named_twice (id String, node String) ENGINE = ReplacingMergeTree ORDER BY (id, node) SETTINGS $DURABLE;
CREATE OR REPLACE VIEW aliases AS
SELECT t.id AS id, any(t.node) AS node FROM named_twice AS t
WHERE t.node IN (SELECT n.node FROM named_twice AS n GROUP BY n.node HAVING uniqExact(n.id) = 1)
GROUP BY t.id HAVING uniqExact(t.node) = 1 AND id != node;

-- What a proxy has shown of a cluster of its own once: it speaks HTTP (over HTTP/1), it is for the proxy's own requests, for
-- others', it is the way to its own application.
CREATE TABLE IF NOT EXISTS clusters_shown (
  sender UInt64, cluster $NAME, http SimpleAggregateFunction(max, UInt8), http1 SimpleAggregateFunction(max, UInt8),
  internal SimpleAggregateFunction(max, UInt8), external SimpleAggregateFunction(max, UInt8), inward SimpleAggregateFunction(max, UInt8)
) ENGINE = AggregatingMergeTree ORDER BY (sender, cluster) SETTINGS $DURABLE;

-- Work tables of one reading: new series, all and some thousands of them at once; what their metrics' names say; the same with labels
-- under one form of name; which metric of which dialect each is; what its labels say.
-- let SERIES = series UInt64, sender UInt64, metric $NAME, type $TYPE, temporality UInt8, seen DateTime('UTC')
CREATE TABLE IF NOT EXISTS fold_waiting ($SERIES, resource_id UInt64, scope $NAME, attributes Map($NAME, String)) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_series ($SERIES, resource_id UInt64, scope $NAME, attributes Map($NAME, String)) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_names (metric String, name String, part String, grp String, middle String, dotted UInt8, extra Map(String, String)) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_labelled ($SERIES, attributes Map($NAME, String), labels Map(String, String), name String, part String, tag String, left String, cluster String) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_fitting (
  $SERIES, labels Map(String, String), name String, part String, cluster String, family UInt64, dialect $NAME, measure $NAME, side String, unit_ms Float64, protocol $NAME,
  code UInt16, flags $NAME, arrived Int8, swapped UInt8, why String
) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_told (series UInt64, said Map(String, String)) ENGINE = Memory;

-- A host without brackets, port and the root's dot; a part of a text, by the word that dialects use for it.
CREATE OR REPLACE FUNCTION meshui_host AS text -> replaceRegexpOne(text, '^(?:[[]([^]]*)[]](?::[0-9]+)?|([^:]*?)[.]?(?::[0-9]+)?)$', '\\1\\2');
CREATE OR REPLACE FUNCTION meshui_read AS (how, text) -> multiIf(
  text IN ('', '-') OR (text = 'unknown' AND how NOT IN ('unnamed', 'missing', 'even_unknown')), '',
  how IN ('', 'even_unknown'), text,
  how = 'host', meshui_host(text),
  -- A name, not a host outside, an address or a catch-all cluster.
  how = 'name', if(match(text, '[. :]|^(PassthroughCluster|BlackHoleCluster|InboundPassthroughCluster.*)$'), '', text),
  how = 'service', if(startsWith(text, 'unknown_service'), '', text),
  how = 'pod', meshui_of_pod(text),
  how = 'svc', extract(meshui_host(text), '(?:^|[.])([^.]+)[.][^.]+[.]svc(?:[.]|$)'),
  how = 'svc_ns', extract(meshui_host(text), '(?:^|[.])[^.]+[.]([^.]+)[.]svc(?:[.]|$)'),
  -- Service account and namespace of an identity; `default` names nobody.
  how = 'account', replaceRegexpOne(extract(text, '(?:^|/)ns/[^/]+/sa/([^/,]+)'), '^default$', ''),
  how = 'account_ns', extract(text, '(?:^|/)ns/([^/]+)/sa/'),
  -- The two halves of namespace/name, the second also of a name alone.
  how = 'first', extract(text, '^([^/]+)/'),
  how = 'last', extract(text, '([^/]+)$'),
  how = 'last_pod', meshui_of_pod(extract(text, '([^/]+)$')),
  -- Kuma's <name>_<namespace>_svc_<port>.
  how = 'kuma', extract(text, '^([^_]+)_[^_]+_svc_[0-9]+'),
  how = 'kuma_ns', extract(text, '^[^_]+_([^_]+)_svc_[0-9]+'),
  how = 'not_default', if(text = 'default', '', text),
  how = 'target_host', meshui_host(replaceRegexpOne(text, '^[a-z]+:(//[^/]*)?/+', '')),
  how = 'call', if(position(text, '/') > 0, trimLeft(text, '/'), text),
  how = 'first_digit', substring(text, 1, 1),
  how = 'mutual', 'mutual',
  how = 'failed', '2',
  how = 'unnamed', '-/unknown',
  how = 'missing', if(text = 'unknown', '1', ''),
  '');

-- Of a cluster's name the host or the service without a port, and the subset.
CREATE OR REPLACE FUNCTION meshui_cluster_host AS cluster -> replaceRegexpOne(meshui_called(cluster), '[:_][0-9]{2,5}$', '');
CREATE OR REPLACE FUNCTION meshui_cluster_subset AS cluster ->
  replaceRegexpOne(cluster, '^(?:outbound[|][^|]*[|]([^|]*)[|].*|outbound_[.][0-9]+_[.]([^_]*)_[.].*|.*)$', '\\1\\2');

-- Work tables of one fold: what a proxy's statistics say of one cluster in one bucket; a cluster's TLS so far.
-- let CLUSTER = bucket DateTime('UTC'), sender UInt64, cluster $NAME, dialect $NAME, rank UInt8, side $SIDE, source String, target String, peer $NAME, peer_ns $NAME, peer_kind $NAME, source_version $NAME, version $NAME, instance $NAME, codes Map(UInt16, Float64), by_code UInt8, classes Map(UInt8, Float64), by_class UInt8, completed Float64, entered Map(UInt8, Float64), gone Float64, denied Float64, limited Float64, statuses Array(Tuple(grpc Int16, operation String, n Float64)), flags Array(Tuple(flags String, arrived Int8, n Float64)), retries Float64, retry_success Float64, connections Float64, connect_failed Float64, bytes_in Nullable(Float64), bytes_out Nullable(Float64), latency Map(Int16, UInt64), duration_ms Float64, used Float64, overflow Float64, active_cx Nullable(Float64), active_rq Nullable(Float64), active_pending Nullable(Float64), remaining_cx Nullable(Float64), remaining_rq Nullable(Float64), remaining_pending Nullable(Float64), open_cx Nullable(Float64), open_rq Nullable(Float64), members Nullable(Float64), healthy Nullable(Float64), ejected Nullable(Float64), ejections Float64, until DateTime64(3, 'UTC'), interval_s Float32
CREATE TABLE IF NOT EXISTS fold_clusters ($CLUSTER) ENGINE = Memory;
-- tcp: it never showed HTTP. facing: the proxy's side towards its callers. gateway: no application's sidecar. met: requests (connections)
-- that reached a host; left_over: those that no gRPC status tells of; not_ok: those with a code other than 200.
CREATE TABLE IF NOT EXISTS fold_clusters_known (
  $CLUSTER, http1 UInt8, so_far Float64, handshakes Float64, facing UInt8, tcp UInt8, gateway UInt8, of_grpc Float64, requests Float64, not_ok Float64, left_over Float64,
  met Float64, held_out Nullable(Float64)
) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_shaken (bucket DateTime('UTC'), sender UInt64, cluster $NAME, handshakes Float64, connections Float64) ENGINE = Memory;
