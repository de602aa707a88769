-- Where segments land (ENGINE = Null: views read the block as it passes), what is known of segments, and resources.
-- The messages are those of telemetry/engine/landing.py. Every stored row carries spool and segment, so that the loader can
-- take back what half a segment left behind. The loader writes `loaded`, the roll-ups `refreshed`.
-- let KIND = Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)
-- let AV = Tuple(value $KIND, string_value String, bool_value String, int_value String, double_value String, array_value String, kvlist_value String, bytes_value String)
-- Keys are LowCardinality so that the views find an attribute by comparing numbers (twice as fast for spans, all told).
-- let KVS = Array(Tuple(key LowCardinality(String), value $AV))
-- let RESOURCE = Tuple(attributes $KVS)
-- let SCOPE = Tuple(name String, version String)
-- let OURS = segment UInt64, received UInt64, peer String, spool UInt64
-- let DURABLE = non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1

CREATE TABLE IF NOT EXISTS landing_traces (
  resource_spans Array(Tuple(resource $RESOURCE, scope_spans Array(Tuple(scope $SCOPE, spans Array(Tuple(
    trace_id String, span_id String, parent_span_id String, trace_state String, name String, kind Int32,
    start_time_unix_nano UInt64, end_time_unix_nano UInt64, flags UInt32, attributes $KVS,
    events Array(String), links Array(String), status Tuple(message String, code Int32))))))),
  $OURS
) ENGINE = Null;

-- let NUMBER = Tuple(start_time_unix_nano UInt64, time_unix_nano UInt64, value Enum8('none' = 0, 'as_double' = 4, 'as_int' = 6), as_double Float64, as_int Int64, exemplars Array(String), attributes $KVS, flags UInt32)
-- let BUCKETS = Tuple(offset Int32, bucket_counts Array(UInt64))
-- let HISTOGRAM = start_time_unix_nano UInt64, time_unix_nano UInt64, count UInt64, sum Array(Float64), min Array(Float64), max Array(Float64), exemplars Array(String), attributes $KVS, flags UInt32
CREATE TABLE IF NOT EXISTS landing_metrics (
  resource_metrics Array(Tuple(resource $RESOURCE, scope_metrics Array(Tuple(scope $SCOPE, metrics Array(Tuple(
    name String, unit String,
    data Enum8('none' = 0, 'gauge' = 5, 'sum' = 7, 'histogram' = 9, 'exponential_histogram' = 10, 'summary' = 11),
    gauge Tuple(data_points Array($NUMBER)),
    sum Tuple(data_points Array($NUMBER), aggregation_temporality Int32, is_monotonic Bool),
    histogram Tuple(data_points Array(Tuple($HISTOGRAM, bucket_counts Array(UInt64), explicit_bounds Array(Float64))),
      aggregation_temporality Int32),
    exponential_histogram Tuple(data_points Array(Tuple($HISTOGRAM, scale Int32, zero_count UInt64,
      zero_threshold Float64, positive $BUCKETS, negative $BUCKETS)), aggregation_temporality Int32),
    summary Tuple(data_points Array(Tuple(start_time_unix_nano UInt64, time_unix_nano UInt64, count UInt64, sum Float64,
      quantile_values Array(Tuple(quantile Float64, value Float64)), attributes $KVS, flags UInt32)))
  )))))),
  $OURS
) ENGINE = Null;

-- let BODY = Tuple(value $KIND, string_value String, bool_value String, int_value String, double_value String, array_value String, kvlist_value Tuple(values $KVS), bytes_value String)
CREATE TABLE IF NOT EXISTS landing_logs (
  resource_logs Array(Tuple(resource $RESOURCE, scope_logs Array(Tuple(scope $SCOPE, log_records Array(Tuple(
    time_unix_nano UInt64, observed_time_unix_nano UInt64, severity_number Int32, severity_text String, body $BODY,
    attributes $KVS, flags UInt32, trace_id String, span_id String, event_name String)))))),
  $OURS
) ENGINE = Null;

-- Text of an attribute's value, whatever its kind (arrays and lists as protobuf bytes), and attributes as a map whose keys
-- keep their order, repeats included: kinds[i] belongs to mapKeys(attributes)[i].
CREATE OR REPLACE FUNCTION meshui_value AS v ->
  multiIf(tupleElement(v, 'value') = 'string_value', tupleElement(v, 'string_value'),
    tupleElement(v, 'value') = 'int_value', tupleElement(v, 'int_value'),
    tupleElement(v, 'value') = 'bool_value', tupleElement(v, 'bool_value'),
    tupleElement(v, 'value') = 'double_value', tupleElement(v, 'double_value'),
    tupleElement(v, 'value') = 'array_value', tupleElement(v, 'array_value'),
    tupleElement(v, 'value') = 'kvlist_value', tupleElement(v, 'kvlist_value'),
    tupleElement(v, 'bytes_value'));
CREATE OR REPLACE FUNCTION meshui_attributes AS kvs ->
  CAST((tupleElement(kvs, 'key'), arrayMap(v -> meshui_value(v), tupleElement(kvs, 'value'))), 'Map(LowCardinality(String), String)');

-- Once a day for each resource, so that old days can go. A resource_id is cityHash64 of the attributes as sent.
CREATE TABLE IF NOT EXISTS resources (
  day Date, resource_id UInt64,
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  kinds Array($KIND) CODEC(ZSTD(1)),
  seen DateTime('UTC')
) ENGINE = ReplacingMergeTree(seen) PARTITION BY day ORDER BY (resource_id, day)
SETTINGS index_granularity = 256, $DURABLE;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_resources_traces TO resources AS
SELECT toDate(seen) AS day, cityHash64(r.resource.attributes) AS resource_id, meshui_attributes(r.resource.attributes) AS attributes,
  r.resource.attributes.value.value AS kinds, toDateTime(intDiv(received, 1000000000), 'UTC') AS seen
FROM landing_traces ARRAY JOIN resource_spans AS r LIMIT 1 BY resource_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_resources_metrics TO resources AS
SELECT toDate(seen) AS day, cityHash64(r.resource.attributes) AS resource_id, meshui_attributes(r.resource.attributes) AS attributes,
  r.resource.attributes.value.value AS kinds, toDateTime(intDiv(received, 1000000000), 'UTC') AS seen
FROM landing_metrics ARRAY JOIN resource_metrics AS r LIMIT 1 BY resource_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_resources_logs TO resources AS
SELECT toDate(seen) AS day, cityHash64(r.resource.attributes) AS resource_id, meshui_attributes(r.resource.attributes) AS attributes,
  r.resource.attributes.value.value AS kinds, toDateTime(intDiv(received, 1000000000), 'UTC') AS seen
FROM landing_logs ARRAY JOIN resource_logs AS r LIMIT 1 BY resource_id;

-- Segments whole in the engine; those whose buckets the roll-ups have computed. Kept an hour (retention.py).
CREATE TABLE IF NOT EXISTS loaded (spool UInt64, segment UInt64, at DateTime64(3, 'UTC'))
ENGINE = MergeTree PARTITION BY toStartOfHour(at) ORDER BY (spool, segment)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS refreshed (spool UInt64, segment UInt64, at DateTime64(3, 'UTC'))
ENGINE = MergeTree PARTITION BY toStartOfHour(at) ORDER BY (spool, segment)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What only the engine can see of accepted data, counted by sender.
CREATE TABLE IF NOT EXISTS rejects (
  at DateTime('UTC'), sender LowCardinality(String), reason LowCardinality(String), n UInt64, spool UInt64, segment UInt64
) ENGINE = MergeTree PARTITION BY toDate(at) ORDER BY at
SETTINGS $DURABLE;
