-- What Prometheus writes (remote-write 1.0 and 2.0, and our own scrapes, which are 2.0), made into `points`. The messages are those
-- of protos/write.proto. Specification: prometheus.io/docs/specs/prw; native histograms: prometheus.io/docs/specs/native_histograms.
-- let KIND = Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)
-- let TYPE = Enum8('none' = 0, 'gauge' = 5, 'sum' = 7, 'histogram' = 9, 'exponential_histogram' = 10, 'summary' = 11)
-- let NAMES = Array(LowCardinality(String))
-- let SPANS = Array(Tuple(offset Int32, length UInt32))
-- let SAMPLES = Array(Tuple(value Float64, timestamp Int64, start_timestamp Int64))
-- let NATIVES = Array(Tuple(count_int UInt64, count_float Float64, sum Float64, schema Int32, zero_threshold Float64, zero_count_int UInt64, zero_count_float Float64, negative_spans $SPANS, negative_deltas Array(Int64), negative_counts Array(Float64), positive_spans $SPANS, positive_deltas Array(Int64), positive_counts Array(Float64), reset_hint Int32, timestamp Int64, custom_values Array(Float64), start_timestamp Int64))
-- let SERIES = Tuple(names $NAMES, texts Array(String), kind Int32, unit String, samples $SAMPLES, histograms $NATIVES)
-- let POINT = Tuple(type $TYPE, at Int64, start Int64, stale UInt8, value Float64, sum Array(Float64), bounds Array(Float64), counts Array(UInt64), scale Int32, zero_count UInt64, zero_threshold Float64, offset Int32, negative_offset Int32, negative_counts Array(UInt64), gauge UInt8)
-- let DURABLE = non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1

CREATE TABLE IF NOT EXISTS landing_write (
  one Array(Tuple(labels Array(Tuple(name LowCardinality(String), value String)), samples $SAMPLES, histograms $NATIVES)),
  families Array(Tuple(type Int32, metric_family_name String, unit String)),
  two Array(Tuple(texts Array(String), samples $SAMPLES, histograms $NATIVES, metadata Tuple(type Int32), unit String)),
  segment UInt64, received UInt64, peer String, spool UInt64
) ENGINE = Null;

-- Milliseconds as they are sent, as nanoseconds that fit.
CREATE OR REPLACE FUNCTION meshui_ms AS ms -> 1000000 * greatest(0, least(ms, 9223372036854));
CREATE OR REPLACE FUNCTION meshui_stale AS v -> reinterpretAsUInt64(v) = 0x7ff0000000000002;
-- Counts of a native histogram's buckets: differences of neighbours where they are integers.
CREATE OR REPLACE FUNCTION meshui_native_counts AS (deltas, floats) ->
  arrayMap(n -> toUInt64(round(greatest(0, n))), if(empty(floats), arrayMap(n -> toFloat64(n), arrayCumSum(deltas)), floats));
-- The same without gaps. The first span's offset is where they start, that of a later one how many empty buckets are before it;
-- the receiver has looked at their sizes.
CREATE OR REPLACE FUNCTION meshui_native_dense AS (spans, counts) ->
  arrayFlatten(arrayMap((s, end, i) -> arrayConcat(
      arrayWithConstant(if(i = 1, 0, toUInt64(greatest(0, tupleElement(s, 'offset')))), toUInt64(0)),
      arraySlice(counts, end - tupleElement(s, 'length') + 1, tupleElement(s, 'length'))),
    spans, arrayCumSum(tupleElement(spans, 'length')), arrayEnumerate(spans)));

-- 1.0 sends types apart, seldom or never; a name's last syllable nearly always tells. Envoy's counters have none, and some of its gauges
-- end like counters: there the gauges are told by theirs. A counter that passed for a gauge at first would count whole once its type is known.
-- let ENVOYS = ^envoy_(cluster|http|listener|tcp)_
-- let ENVOYS_GAUGE = (_(active|open|buffered|overloaded|state|version|max_host_weight|deferred_stream_close|soft_drain|active_faults|pending_send_bytes|unix_time_seconds)|_membership_(total|healthy|degraded|excluded)|_remaining_[a-z_]+)$
CREATE OR REPLACE FUNCTION meshui_named_counter AS name -> if(match(name, '$ENVOYS'), NOT match(name, '$ENVOYS_GAUGE'), match(name, '_(total|bucket|count|sum)$'));
-- Kept here is what names tell wrong. The view below asks it for each series.
CREATE TABLE IF NOT EXISTS write_families (metric String, type Int32) ENGINE = Join(ANY, LEFT, metric)
SETTINGS max_rows_in_join = 100000, join_overflow_mode = 'break';

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_write_families TO write_families AS
SELECT f.metric_family_name AS metric, f.type AS type FROM landing_write ARRAY JOIN families AS f
WHERE (f.type = 1 AND NOT meshui_named_counter(f.metric_family_name)) OR (f.type IN (2, 4, 6, 7) AND meshui_named_counter(f.metric_family_name));

-- A point's sender is its job and instance (labels come sorted, so they are turned round); where one is missing the address it came from
-- as well, without the port, since a Prometheus sends over several connections. The labels by which replicas of one Prometheus differ are left out: a pair
-- of them writes each series twice, and both writings are then points of one series. A type may be learnt later than its series,
-- so a series does not depend on it. A native histogram's count is that of its buckets: its own also counts what was no number.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_points_write TO points AS
SELECT
  p.at NOT BETWEEN arrived - 18000000000000 AND arrived + 600000000000 AS late,
  toStartOfInterval(toDateTime(intDiv(if(late, arrived, p.at), 1000000000), 'UTC'), INTERVAL 10 SECOND) AS bucket,
  fromUnixTimestamp64Nano(toInt64(p.at), 'UTC') AS ts,
  fromUnixTimestamp64Nano(toInt64(p.start), 'UTC') AS start,
  fromUnixTimestamp64Nano(toInt64(arrived), 'UTC') AS received,
  peer, cityHash64(target) AS resource_id, '' AS scope, metric, unit,
  if(p.type = 'none', if(counts_up, 'sum', 'gauge'), p.type) AS type,
  toUInt8(if(type = 'gauge' OR p.gauge, 0, 2)) AS temporality, toUInt8(type = 'sum') AS monotonic,
  if(length(target) = 2, resource_id, cityHash64(target, host)) AS sender, if(length(target) = 2, arrayStringConcat(target.2, ' '), host) AS sender_name,
  cityHash64(sender, metric, p.type, labels) AS series,
  CAST(labels, 'Map(LowCardinality(String), String)') AS attributes,
  arrayWithConstant(length(labels), CAST('string_value' AS $KIND)) AS kinds,
  p.stale AS flags, p.value AS value, arraySum(p.counts) + arraySum(p.negative_counts) + p.zero_count AS count,
  if(empty(p.sum), NULL, p.sum[1]) AS sum, p.bounds AS bounds, p.counts AS counts, p.scale AS scale,
  p.zero_count AS zero_count, p.zero_threshold AS zero_threshold, p.offset AS offset, p.negative_offset AS negative_offset,
  p.negative_counts AS negative_counts, spool, segment
FROM (
  SELECT received AS arrived, peer, replaceRegexpOne(peer, ':[0-9]+$', '') AS host, spool, segment, s.unit AS unit, s.samples AS samples, s.histograms AS histograms,
    s.texts[indexOf(s.names, '__name__')] AS metric,
    arrayFilter(l -> l.2 != '' AND l.1 NOT IN ('__name__', 'prometheus_replica', 'replica', '__replica__'), arrayZip(s.names, s.texts)) AS labels,
    arrayReverse(arrayFilter(l -> l.1 IN ('job', 'instance'), labels)) AS target,
    if(s.kind != 0, s.kind, joinGet('write_families', 'type', metric)) AS kind,
    kind IN (1, 3) OR (kind = 0 AND meshui_named_counter(metric)) OR (kind = 5 AND match(metric, '_(count|sum)$')) AS counts_up
  FROM landing_write
  ARRAY JOIN arrayConcat(
    arrayMap(o -> CAST((o.labels.name, o.labels.value, 0, '', o.samples, o.histograms) AS $SERIES), one),
    arrayMap(t -> CAST((arrayFilter((x, i) -> i % 2 = 1, t.texts, arrayEnumerate(t.texts)), arrayFilter((x, i) -> i % 2 = 0, t.texts, arrayEnumerate(t.texts)),
      t.metadata.type, t.unit, t.samples, t.histograms) AS $SERIES), two)) AS s
  WHERE metric != ''
)
ARRAY JOIN arrayConcat(
  arrayMap(v -> CAST(('none', meshui_ms(v.timestamp), meshui_ms(v.start_timestamp), meshui_stale(v.value), v.value,
    [], [], [], 0, 0, 0, 0, 0, [], 0) AS $POINT), samples),
  arrayMap(h -> CAST((if(h.schema = -53, 'histogram', 'exponential_histogram'), meshui_ms(h.timestamp), meshui_ms(h.start_timestamp), meshui_stale(h.sum), 0,
    [h.sum], h.custom_values,
    if(h.schema = -53,
      arrayResize(arrayConcat(arrayWithConstant(if(empty(h.positive_spans), 0, greatest(0, h.positive_spans[1].offset)), toUInt64(0)),
        meshui_native_dense(h.positive_spans, meshui_native_counts(h.positive_deltas, h.positive_counts))), length(h.custom_values) + 1),
      meshui_native_dense(h.positive_spans, meshui_native_counts(h.positive_deltas, h.positive_counts))),
    if(h.schema = -53, 0, h.schema), if(h.zero_count_float > 0, toUInt64(round(h.zero_count_float)), h.zero_count_int), h.zero_threshold,
    if(h.schema = -53 OR empty(h.positive_spans), 0, h.positive_spans[1].offset - 1), if(empty(h.negative_spans), 0, h.negative_spans[1].offset - 1),
    meshui_native_dense(h.negative_spans, meshui_native_counts(h.negative_deltas, h.negative_counts)), h.reset_hint = 3) AS $POINT), histograms)
) AS p;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_resources_write TO resources AS
SELECT toDate(seen) AS day, cityHash64(target) AS resource_id, CAST(target, 'Map(LowCardinality(String), String)') AS attributes,
  arrayWithConstant(length(target), CAST('string_value' AS $KIND)) AS kinds, toDateTime(intDiv(received, 1000000000), 'UTC') AS seen
FROM (
  SELECT received, arrayReverse(arrayFilter(l -> l.2 != '' AND l.1 IN ('job', 'instance'), s)) AS target
  FROM landing_write
  ARRAY JOIN arrayConcat(
    arrayMap(o -> arrayZip(o.labels.name, o.labels.value), one),
    arrayMap(t -> arrayZip(arrayFilter((x, i) -> i % 2 = 1, t.texts, arrayEnumerate(t.texts)), arrayFilter((x, i) -> i % 2 = 0, t.texts, arrayEnumerate(t.texts))), two)) AS s
)
WHERE notEmpty(target) LIMIT 1 BY resource_id;
