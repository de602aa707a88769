-- Log records as sent: access logs count as evidence later, from here. A body that is a key-value list is in `fields` (and `body`
-- is ''), any other in `body` as attributes are; body_kind says which.
-- let KIND = Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)

CREATE TABLE IF NOT EXISTS logs (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  late UInt8,
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  observed DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  peer LowCardinality(String),
  resource_id UInt64 CODEC(ZSTD(1)),
  scope LowCardinality(String),
  severity UInt8,
  severity_text LowCardinality(String),
  event_name LowCardinality(String),
  body_kind $KIND,
  body String CODEC(ZSTD(1)),
  fields Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  field_kinds Array($KIND) CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  kinds Array($KIND) CODEC(ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id UInt64 CODEC(NONE),
  flags UInt32,
  spool UInt64 CODEC(ZSTD(1)),
  segment UInt64 CODEC(ZSTD(1)),
  INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(bucket) ORDER BY (bucket, trace_id)
SETTINGS index_granularity = 2048, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- A record without a time has that of its observation. Outside the accepted age (47 h back, 10 min ahead of when it was received)
-- it keeps its time, but is filed by the latter.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_logs TO logs AS
WITH if(l.time_unix_nano = 0, l.observed_time_unix_nano, l.time_unix_nano) AS time
SELECT
  time NOT BETWEEN arrived - 169200000000000 AND arrived + 600000000000 AS late,
  toStartOfInterval(toDateTime(intDiv(if(late, arrived, time), 1000000000), 'UTC'), INTERVAL 10 SECOND) AS bucket,
  fromUnixTimestamp64Nano(toInt64(least(time, 9223372036854775807)), 'UTC') AS ts,
  fromUnixTimestamp64Nano(toInt64(least(l.observed_time_unix_nano, 9223372036854775807)), 'UTC') AS observed,
  fromUnixTimestamp64Nano(toInt64(arrived), 'UTC') AS received,
  peer, resource_id, scope, toUInt8(l.severity_number) AS severity, l.severity_text AS severity_text, l.event_name AS event_name,
  l.body.value AS body_kind,
  multiIf(l.body.value = 'string_value', l.body.string_value, l.body.value = 'int_value', l.body.int_value,
    l.body.value = 'bool_value', l.body.bool_value, l.body.value = 'double_value', l.body.double_value,
    l.body.value = 'array_value', l.body.array_value, l.body.bytes_value) AS body,
  meshui_attributes(l.body.kvlist_value.values) AS fields, l.body.kvlist_value.values.value.value AS field_kinds,
  meshui_attributes(l.attributes) AS attributes, l.attributes.value.value AS kinds,
  toFixedString(substring(l.trace_id, 1, 16), 16) AS trace_id, reinterpretAsUInt64(substring(l.span_id, 1, 8)) AS span_id,
  l.flags AS flags, spool, segment
FROM (
  SELECT cityHash64(r.resource.attributes) AS resource_id, s.scope.name AS scope, s.log_records AS records,
    received AS arrived, peer, spool, segment
  FROM landing_logs ARRAY JOIN resource_logs AS r ARRAY JOIN r.scope_logs AS s
)
ARRAY JOIN records AS l;
