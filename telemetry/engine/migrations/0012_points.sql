-- Metric points as sent, every type in one table: kept by bucket first, so that a refresh reads only the minutes it asks for. An
-- older table of that name is dropped, not carried over: points are kept for hours, and what they counted stands in the roll-ups.
-- `series` is what a point belongs to: sender, scope, metric, type and attributes. `sender` is the resource if it names somebody,
-- else the resource and the connection's other end; sender_name is the same for people. A value sent as an integer is kept exactly
-- in value_int besides. What has presence in OTLP is null when absent. bounds and counts: a histogram's explicit bounds and its
-- counts, an exponential histogram's positive counts (from `offset`), a summary's quantiles (counts empty, numbers in
-- quantile_values). A start before 1973 is Envoy's: microseconds.
-- let KIND = Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)
-- let AV = Tuple(value $KIND, string_value String, bool_value String, int_value String, double_value String, array_value String, kvlist_value String, bytes_value String)
-- let POINT = Tuple(attributes Array(Tuple(key String, value $AV)), start UInt64, time UInt64, flags UInt32, exemplars Array(String), value Float64, value_int Int64, whole UInt8, count UInt64, sum Array(Float64), min Array(Float64), max Array(Float64), bounds Array(Float64), counts Array(UInt64), scale Int32, zero_count UInt64, zero_threshold Float64, offset Int32, negative_offset Int32, negative_counts Array(UInt64), quantile_values Array(Float64))
-- let TYPE = Enum8('none' = 0, 'gauge' = 5, 'sum' = 7, 'histogram' = 9, 'exponential_histogram' = 10, 'summary' = 11)

-- fault: why a counter or a histogram cannot be right, '' as a rule. form, as differences are made of points (rollup/deltas.py):
-- 0 not at all (faulty, late, a sum of changes to a gauge, a gauge's histogram, a marker that a counter ended), 1 gauge,
-- 2 cumulative, 3 delta, 4 marker that a gauge ended.
-- let COUNTER = (type = 'sum' AND monotonic)
-- let MISCOUNTED = 'bucket counts do not add up to the count'
-- let FAULT = multiIf(bitAnd(flags, 1) = 1, '', $COUNTER AND NOT isFinite(value), 'counter is not a number', $COUNTER AND value < 0, 'counter is below zero', $COUNTER AND isNull(value_int) AND value > 9007199254740992, 'counter is beyond what a double counts exactly', type = 'histogram' AND notEmpty(counts) AND (length(counts) != length(bounds) + 1 OR arraySum(counts) != count), $MISCOUNTED, type = 'exponential_histogram' AND arraySum(counts) + arraySum(negative_counts) + zero_count != count, $MISCOUNTED, $COUNTER AND temporality = 0, 'neither cumulative nor delta', '')
-- let FORM = multiIf(late OR fault != '', 0, type = 'gauge' OR (type = 'sum' AND NOT monotonic), multiIf(temporality = 1, 0, bitAnd(flags, 1) = 1, 4, isFinite(value), 1, 0), bitAnd(flags, 1) = 1, 0, type = 'summary', 2, temporality = 2, 2, temporality = 1, 3, 0)
DROP VIEW IF EXISTS mv_points;
DROP TABLE IF EXISTS points SYNC;

CREATE TABLE IF NOT EXISTS points (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  late UInt8,
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  start DateTime64(9, 'UTC') CODEC(ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  peer LowCardinality(String),
  resource_id UInt64 CODEC(ZSTD(1)),
  sender UInt64 CODEC(ZSTD(1)),
  sender_name LowCardinality(String),
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
  segment UInt64 CODEC(ZSTD(1)),
  fault LowCardinality(String) DEFAULT $FAULT,
  form UInt8 DEFAULT $FORM CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY toStartOfHour(bucket) ORDER BY (bucket, metric, series, ts)
SETTINGS index_granularity = 2048, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- A point outside the accepted age (5 h back, 10 min ahead of when it was received) keeps its time, but is filed by the latter.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_points TO points AS
SELECT
  p.time NOT BETWEEN arrived - 18000000000000 AND arrived + 600000000000 AS late,
  toStartOfInterval(toDateTime(intDiv(if(late, arrived, p.time), 1000000000), 'UTC'), INTERVAL 10 SECOND) AS bucket,
  fromUnixTimestamp64Nano(toInt64(least(p.time, 9223372036854775807)), 'UTC') AS ts,
  fromUnixTimestamp64Nano(toInt64(if(p.start < 100000000000000000, p.start * 1000, least(p.start, 9223372036854775807))), 'UTC') AS start,
  fromUnixTimestamp64Nano(toInt64(arrived), 'UTC') AS received,
  peer, resource_id, sender, sender_name, scope, metric, unit, type, temporality, monotonic,
  cityHash64(sender, scope, metric, type, p.attributes) AS series,
  meshui_attributes(p.attributes) AS attributes, p.attributes.value.value AS kinds, p.flags AS flags,
  p.value AS value, if(p.whole, p.value_int, NULL) AS value_int, p.count AS count,
  if(empty(p.sum), NULL, p.sum[1]) AS sum, if(empty(p.min), NULL, p.min[1]) AS min, if(empty(p.max), NULL, p.max[1]) AS max,
  p.bounds AS bounds, p.counts AS counts, p.scale AS scale, p.zero_count AS zero_count, p.zero_threshold AS zero_threshold,
  p.offset AS offset, p.negative_offset AS negative_offset, p.negative_counts AS negative_counts,
  p.quantile_values AS quantile_values, p.exemplars AS exemplars, spool, segment
FROM (
  -- A metric's points are taken out of it before each becomes a row: with `m` beside them every row would hold all of them.
  SELECT arrived, peer, resource_id, sender, sender_name, scope, spool, segment, m.name AS metric, m.unit AS unit, m.data AS type,
    toUInt8(multiIf(m.data = 'sum', m.sum.aggregation_temporality, m.data = 'histogram', m.histogram.aggregation_temporality,
      m.data = 'exponential_histogram', m.exponential_histogram.aggregation_temporality, 0)) AS temporality,
    toUInt8(m.data = 'sum' AND m.sum.is_monotonic) AS monotonic,
    arrayConcat(
      arrayMap(n -> CAST((n.attributes, n.start_time_unix_nano, n.time_unix_nano, n.flags, n.exemplars,
        if(n.value = 'as_int', toFloat64(n.as_int), n.as_double), n.as_int, n.value = 'as_int', 0, [], [], [], [], [], 0, 0, 0, 0, 0, [], []) AS $POINT), arrayConcat(m.gauge.data_points, m.sum.data_points)),
      arrayMap(h -> CAST((h.attributes, h.start_time_unix_nano, h.time_unix_nano, h.flags, h.exemplars,
        0, 0, 0, h.count, h.sum, h.min, h.max, h.explicit_bounds, h.bucket_counts, 0, 0, 0, 0, 0, [], []) AS $POINT), m.histogram.data_points),
      arrayMap(x -> CAST((x.attributes, x.start_time_unix_nano, x.time_unix_nano, x.flags, x.exemplars,
        0, 0, 0, x.count, x.sum, x.min, x.max, [], x.positive.bucket_counts, x.scale, x.zero_count, x.zero_threshold,
        x.positive.offset, x.negative.offset, x.negative.bucket_counts, []) AS $POINT), m.exponential_histogram.data_points),
      arrayMap(q -> CAST((q.attributes, q.start_time_unix_nano, q.time_unix_nano, q.flags, [],
        0, 0, 0, q.count, [q.sum], [], [], q.quantile_values.quantile, [], 0, 0, 0, 0, 0, [], q.quantile_values.value) AS $POINT), m.summary.data_points)
    ) AS sent
  FROM (
    SELECT cityHash64(r.resource.attributes) AS resource_id, meshui_attributes(r.resource.attributes) AS who,
      if(startsWith(who['service.name'], 'unknown_service'), '', who['service.name']) AS service,
      multiIf(service != '', meshui_id('', if(who['service.namespace'] != '', who['service.namespace'], who['k8s.namespace.name']), service),
        who['k8s.pod.name'] != '', who['k8s.pod.name'], who['service.instance.id'] != '', who['service.instance.id'],
        who['node_name'] != '', who['node_name'], who['host.name'] != '', who['host.name'],
        who['job'] != '' AND who['instance'] != '', concat(who['job'], ' ', who['instance']), '') AS named,
      if(named = '', cityHash64(resource_id, peer), resource_id) AS sender, if(named = '', peer, named) AS sender_name,
      s.scope.name AS scope, s.metrics AS metrics, received AS arrived, peer, spool, segment
    FROM landing_metrics ARRAY JOIN resource_metrics AS r ARRAY JOIN r.scope_metrics AS s
  )
  ARRAY JOIN metrics AS m
)
ARRAY JOIN sent AS p;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_dirty_points TO dirty AS
SELECT spool, segment, bucket, 'metrics' AS signal, count() AS n FROM points WHERE late = 0 GROUP BY spool, segment, bucket;

-- When a sender sent: its interval, and what it had sent before a series appeared, are read from here. To a tenth of a second, since
-- some SDKs stamp the points of one export one after another.
CREATE TABLE IF NOT EXISTS flushes (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  sender UInt64 CODEC(ZSTD(1)),
  at DateTime64(1, 'UTC') CODEC(ZSTD(1)),
  spool UInt64 CODEC(ZSTD(1)),
  segment UInt64 CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY toStartOfHour(bucket) ORDER BY (bucket, sender, at)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_flushes TO flushes AS
SELECT DISTINCT bucket, sender, toDateTime64(ts, 1, 'UTC') AS at, spool, segment FROM points WHERE late = 0 AND NOT bitAnd(flags, 1);

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_rejects_points TO rejects AS
SELECT bucket AS at, if(sender_name = '', if(attributes['instance'] = '', peer, attributes['instance']), sender_name) AS sender,
  if(late, 'time outside the accepted age', fault) AS reason, count() AS n, spool, segment
FROM points WHERE late OR fault != '' GROUP BY at, sender, reason, spool, segment;

-- Points as differences are made of them. at, start: Unix ns. total: the value, or a histogram's count. low, high: the least and
-- greatest observation, NaN where not told. scale 127: no exponential histogram.
CREATE OR REPLACE VIEW points_counted AS
SELECT p.bucket AS bucket, p.metric AS metric, p.series AS series, p.sender AS sender,
  toUnixTimestamp64Nano(p.ts) AS at, toUnixTimestamp64Nano(p.start) AS start, p.form AS form,
  if(type IN ('gauge', 'sum'), p.value, toFloat64(p.count)) AS total,
  if(isFinite(ifNull(p.sum, 0)), ifNull(p.sum, 0), 0) AS sum, ifNull(p.min, nan) AS low, ifNull(p.max, nan) AS high,
  if(type = 'histogram', p.bounds, []) AS bounds, p.counts AS counts, if(type = 'exponential_histogram', p.scale, 127) AS scale,
  p.offset AS offset, p.zero_count + arraySum(p.negative_counts) AS zero
FROM points AS p WHERE form > 0;

-- Work of one run of buckets (rollup/deltas.py), emptied before each. Times are Unix ns.
-- Series that somebody reads. classic: Prometheus' one series a bucket, put together by `family`; drawn: its bins are wanted.
CREATE TABLE IF NOT EXISTS fold_read (
  series UInt64, metric LowCardinality(String), classic UInt8, drawn UInt8, le Float64, family UInt64, unit_ms Float64
) ENGINE = Memory;

-- When each sender sent; just before the run and after it (0 never). near: both within two buckets.
CREATE TABLE IF NOT EXISTS fold_senders (sender UInt64, times Array(Int64), before Int64, after Int64, near UInt8) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_intervals (sender UInt64, bucket DateTime('UTC'), interval_s Float32) ENGINE = Memory;

-- let POINT = series UInt64, sender UInt64, at Int64, start Int64, form UInt8, total Float64, sum Float64, low Float64, high Float64, bounds Array(Float64), counts Array(UInt64), scale Int32, offset Int32, zero UInt64
CREATE TABLE IF NOT EXISTS fold_points ($POINT) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_points_once ($POINT) ENGINE = Memory;
-- Points where several write to one series; before: the time of the point before it.
CREATE TABLE IF NOT EXISTS fold_torn (series UInt64, at Int64, before Int64, fell UInt8) ENGINE = Memory;

-- Series that several write to, as if they were one: how often their counters fell in a minute. Kept for a warning.
CREATE TABLE IF NOT EXISTS conflicts (at DateTime('UTC'), series UInt64, metric LowCardinality(String), sender_name LowCardinality(String), n UInt32)
ENGINE = ReplacingMergeTree PARTITION BY toDate(at) ORDER BY (at, series)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What happened in (since, at]. since 0: nothing says since when, n is all of the counter. fell: a counter began again. again: the
-- same point was there before. shape: hash of the bounds that counts are between, 0 without counts.
CREATE TABLE IF NOT EXISTS fold_deltas (
  series UInt64, sender UInt64, since Int64, at Int64, start Int64, form UInt8, n Float64, sum Float64, low Float64, high Float64,
  counts Array(UInt64), shape UInt64, scale Int32, offset Int32, zero UInt64, total Float64, fell UInt8, again UInt8
) ENGINE = Memory;

-- What happened in a bucket: the result.
CREATE TABLE IF NOT EXISTS fold_shares (
  bucket DateTime('UTC'), series UInt64, n Float64, sum Float64, bins Map(Int16, UInt64), until DateTime64(3, 'UTC'), interval_s Float32, estimated UInt8
) ENGINE = Memory;

-- An exponential histogram's counts at a scale lower by `by`; the same from bin `low` on, `size` of them, so that two can be compared.
CREATE OR REPLACE FUNCTION meshui_coarser AS (counts, offset, by) -> if(by = 0, counts, arrayMap(
  at -> arraySum(arraySlice(counts, greatest(1, at * bitShiftLeft(toInt64(1), by) - offset + 1),
    least(at * bitShiftLeft(toInt64(1), by) - offset + bitShiftLeft(toInt64(1), by), length(counts)) - greatest(0, at * bitShiftLeft(toInt64(1), by) - offset))),
  range(toInt64(bitShiftRight(offset, by)), if(empty(counts), toInt64(bitShiftRight(offset, by)), toInt64(bitShiftRight(toInt32(offset + length(counts) - 1), by)) + 1))));
CREATE OR REPLACE FUNCTION meshui_level AS (counts, offset, by, low, size) -> arrayResize(arrayConcat(
  arrayWithConstant(if(empty(counts), 0, greatest(0, bitShiftRight(offset, toUInt8(by)) - low)), toUInt64(0)), meshui_coarser(counts, offset, toUInt8(by))), size, toUInt64(0));
CREATE OR REPLACE FUNCTION meshui_end AS (counts, offset, by) -> bitShiftRight(toInt32(offset + greatest(1, length(counts)) - 1), toUInt8(by)) + 1;

-- Bins of a histogram from counts between bounds (docs: telemetry/histogram.py). An item is (from, to, count, how): ends as 8 times
-- log2 of ms; how 0 spreads the count by log width, 1 by width (half of it in the top octave), 2 is above the last bound. Running
-- totals are rounded, so that the bins are whole and add up to the counts.
CREATE OR REPLACE FUNCTION meshui_explicit AS (bounds, counts, low, high) -> arrayMap((c, lo, hi, at) -> multiIf(
    at > length(bounds), if(high > lo AND lo > 0, (8 * log2(lo), 8 * log2(high), c, 0), (0., 0., c, 2)),
    lo > 0, (8 * log2(lo), 8 * log2(hi), c, 0),
    low > 0 AND low < hi, (8 * log2(low), 8 * log2(hi), c, 0),
    (8 * log2(hi) - 80, 8 * log2(hi), c, 1)),
  arrayFilter((c, hi) -> c > 0 AND hi > 0, counts, arrayPushBack(bounds, inf)),
  arrayFilter((lo, c, hi) -> c > 0 AND hi > 0, arrayPushFront(bounds, -1.), counts, arrayPushBack(bounds, inf)),
  arrayFilter((hi, c) -> c > 0 AND hi > 0, arrayPushBack(bounds, inf), counts),
  arrayFilter((at, c, hi) -> c > 0 AND hi > 0, arrayEnumerate(counts), counts, arrayPushBack(bounds, inf)));
CREATE OR REPLACE FUNCTION meshui_exponential AS (scale, offset, counts, unit_ms) -> arrayFilter(i -> i.3 > 0, arrayMap((c, at) ->
  (8 * log2(unit_ms) + (offset + at - 1) * exp2(3 - scale), 8 * log2(unit_ms) + (offset + at) * exp2(3 - scale), c, 0),
  counts, arrayEnumerate(counts)));
CREATE OR REPLACE FUNCTION meshui_reached AS (zero, items) -> arrayPushFront(arrayFlatten(arrayMap((i, upto) -> if(i.4 = 2, [(toInt32(32767), upto)],
    arrayMap(bin -> (toInt32(greatest(-160, least(239, bin))), toUInt64(upto - i.3 + floor(0.5 + i.3 * least(1., if(i.4 = 1, exp2((bin + 1 - i.2) / 8),
      (bin + 1 - i.1) / greatest(i.2 - i.1, 1e-9)))))),
      range(toInt32(floor(i.1)), greatest(toInt32(floor(i.1)) + 1, toInt32(ceil(i.2)))))),
  items, arrayMap(n -> n + zero, arrayCumSum(items.3)))), (toInt32(-32768), toUInt64(zero)));
CREATE OR REPLACE FUNCTION meshui_steps AS reached -> CAST(arrayFilter(b -> b.2 > 0, arrayMap((r, before) -> (toInt16(r.1), toUInt64(r.2 - before)),
  reached, arrayPushFront(arrayPopBack(reached.2), toUInt64(0)))), 'Map(Int16, UInt64)');
CREATE OR REPLACE FUNCTION meshui_last_of_bin AS reached -> arrayFilter((r, next) -> r.1 != next, reached, arrayPushBack(arrayPopFront(reached.1), toInt32(40000)));
