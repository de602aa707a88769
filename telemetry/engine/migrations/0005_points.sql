-- Metric points as sent, every type in one table; counters become deltas later, from here. `series` is what a point belongs to:
-- resource, scope, metric, type and attributes. A value sent as an integer is kept exactly in value_int besides. What has presence in
-- OTLP is null when absent. bounds and counts: a histogram's explicit bounds and its counts, an exponential histogram's
-- positive counts (from `offset`), a summary's quantiles (counts empty, numbers in quantile_values).
-- let KIND = Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)
-- let AV = Tuple(value $KIND, string_value String, bool_value String, int_value String, double_value String, array_value String, kvlist_value String, bytes_value String)
-- let POINT = Tuple(attributes Array(Tuple(key String, value $AV)), start UInt64, time UInt64, flags UInt32, exemplars Array(String), value Float64, value_int Int64, whole UInt8, count UInt64, sum Array(Float64), min Array(Float64), max Array(Float64), bounds Array(Float64), counts Array(UInt64), scale Int32, zero_count UInt64, zero_threshold Float64, offset Int32, negative_offset Int32, negative_counts Array(UInt64), quantile_values Array(Float64))
-- let TYPE = Enum8('none' = 0, 'gauge' = 5, 'sum' = 7, 'histogram' = 9, 'exponential_histogram' = 10, 'summary' = 11)

CREATE TABLE IF NOT EXISTS points (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  late UInt8,
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  start DateTime64(9, 'UTC') CODEC(ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  peer LowCardinality(String),
  resource_id UInt64 CODEC(ZSTD(1)),
  scope LowCardinality(String),
  metric LowCardinality(String),
  unit LowCardinality(String),
  type $TYPE,
  temporality UInt8,
  monotonic UInt8,
  series UInt64 CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  kinds Array($KIND) CODEC(ZSTD(1)),
  flags UInt32,
  value Float64 CODEC(ZSTD(1)),
  value_int Nullable(Int64) CODEC(ZSTD(1)),
  count UInt64 CODEC(ZSTD(1)),
  sum Nullable(Float64) CODEC(ZSTD(1)),
  min Nullable(Float64) CODEC(ZSTD(1)),
  max Nullable(Float64) CODEC(ZSTD(1)),
  bounds Array(Float64) CODEC(ZSTD(1)),
  counts Array(UInt64) CODEC(ZSTD(1)),
  scale Int32,
  zero_count UInt64,
  zero_threshold Float64,
  offset Int32,
  negative_offset Int32,
  negative_counts Array(UInt64) CODEC(ZSTD(1)),
  quantile_values Array(Float64) CODEC(ZSTD(1)),
  exemplars Array(String) CODEC(ZSTD(1)),
  spool UInt64 CODEC(ZSTD(1)),
  segment UInt64 CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY toStartOfHour(bucket) ORDER BY (metric, series, ts)
SETTINGS index_granularity = 2048, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- A point outside the accepted age (5 h back, 10 min ahead of when it was received) keeps its time, but is filed by the latter.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_points TO points AS
SELECT
  p.time NOT BETWEEN arrived - 18000000000000 AND arrived + 600000000000 AS late,
  toStartOfInterval(toDateTime(intDiv(if(late, arrived, p.time), 1000000000), 'UTC'), INTERVAL 10 SECOND) AS bucket,
  fromUnixTimestamp64Nano(toInt64(least(p.time, 9223372036854775807)), 'UTC') AS ts,
  fromUnixTimestamp64Nano(toInt64(least(p.start, 9223372036854775807)), 'UTC') AS start,
  fromUnixTimestamp64Nano(toInt64(arrived), 'UTC') AS received,
  peer, resource_id, scope, m.name AS metric, m.unit AS unit, m.data AS type,
  toUInt8(multiIf(m.data = 'sum', m.sum.aggregation_temporality, m.data = 'histogram', m.histogram.aggregation_temporality,
    m.data = 'exponential_histogram', m.exponential_histogram.aggregation_temporality, 0)) AS temporality,
  toUInt8(m.data = 'sum' AND m.sum.is_monotonic) AS monotonic,
  cityHash64(resource_id, scope, metric, type, p.attributes) AS series,
  meshui_attributes(p.attributes) AS attributes, p.attributes.value.value AS kinds, p.flags AS flags,
  p.value AS value, if(p.whole, p.value_int, NULL) AS value_int, p.count AS count,
  if(empty(p.sum), NULL, p.sum[1]) AS sum, if(empty(p.min), NULL, p.min[1]) AS min, if(empty(p.max), NULL, p.max[1]) AS max,
  p.bounds AS bounds, p.counts AS counts, p.scale AS scale, p.zero_count AS zero_count, p.zero_threshold AS zero_threshold,
  p.offset AS offset, p.negative_offset AS negative_offset, p.negative_counts AS negative_counts,
  p.quantile_values AS quantile_values, p.exemplars AS exemplars, spool, segment
FROM (
  SELECT cityHash64(r.resource.attributes) AS resource_id, s.scope.name AS scope, s.metrics AS metrics,
    received AS arrived, peer, spool, segment
  FROM landing_metrics ARRAY JOIN resource_metrics AS r ARRAY JOIN r.scope_metrics AS s
)
ARRAY JOIN metrics AS m
ARRAY JOIN arrayConcat(
  arrayMap(n -> CAST((n.attributes, n.start_time_unix_nano, n.time_unix_nano, n.flags, n.exemplars,
    if(n.value = 'as_int', toFloat64(n.as_int), n.as_double), n.as_int, n.value = 'as_int', 0, [], [], [], [], [], 0, 0, 0, 0, 0, [], []) AS $POINT), arrayConcat(m.gauge.data_points, m.sum.data_points)),
  arrayMap(h -> CAST((h.attributes, h.start_time_unix_nano, h.time_unix_nano, h.flags, h.exemplars,
    0, 0, 0, h.count, h.sum, h.min, h.max, h.explicit_bounds, h.bucket_counts, 0, 0, 0, 0, 0, [], []) AS $POINT), m.histogram.data_points),
  arrayMap(x -> CAST((x.attributes, x.start_time_unix_nano, x.time_unix_nano, x.flags, x.exemplars,
    0, 0, 0, x.count, x.sum, x.min, x.max, [], x.positive.bucket_counts, x.scale, x.zero_count, x.zero_threshold,
    x.positive.offset, x.negative.offset, x.negative.bucket_counts, []) AS $POINT), m.exponential_histogram.data_points),
  arrayMap(q -> CAST((q.attributes, q.start_time_unix_nano, q.time_unix_nano, q.flags, [],
    0, 0, 0, q.count, [q.sum], [], [], q.quantile_values.quantile, [], 0, 0, 0, 0, 0, [], q.quantile_values.value) AS $POINT), m.summary.data_points)
) AS p;
