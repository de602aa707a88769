-- Signals in 10 s buckets of event time, made again from raw rows whenever a bucket gets some: the newest generation of a key
-- is the truth. Counts are weighted by sampling; null is "nothing says", which is not 0. Columns that a later source fills are
-- here from the start.
-- let COUNTS = requests Float64, failures Float64
-- let LATENCY = Map(Int16, UInt64)
-- let NAMED_COUNTS = Map(LowCardinality(String), Float64)
-- let NAME = LowCardinality(String)
-- let DURABLE = fsync_after_insert = 1, fsync_part_directory = 1

CREATE TABLE IF NOT EXISTS edges_10s (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)), source $NAME, target $NAME, protocol $NAME, generation UInt64,
  $COUNTS, cancelled Float64, client_errors Float64, denied Float64, attempts Nullable(Float64),
  codes $NAMED_COUNTS, flags $NAMED_COUNTS, latency $LATENCY,
  callee_requests Float64, callee_failures Float64, callee_latency $LATENCY,
  mutual_tls Nullable(Float64), reached Nullable(Float64),
  bytes_in Nullable(Float64), bytes_out Nullable(Float64), connections Nullable(Float64),
  source_kind $NAME, target_kind $NAME, evidence Array($NAME), failing_traces Array(FixedString(16))
) ENGINE = ReplacingMergeTree(generation) PARTITION BY toDate(bucket) ORDER BY (bucket, source, target, protocol)
SETTINGS index_granularity = 2048, $DURABLE;

CREATE TABLE IF NOT EXISTS nodes_10s (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)), node $NAME, generation UInt64,
  $COUNTS, cancelled Float64, client_errors Float64, denied Float64,
  codes $NAMED_COUNTS, flags $NAMED_COUNTS, latency $LATENCY,
  kind $NAME, last_request Nullable(DateTime64(9, 'UTC')), failing_traces Array(FixedString(16))
) ENGINE = ReplacingMergeTree(generation) PARTITION BY toDate(bucket) ORDER BY (bucket, node)
SETTINGS index_granularity = 2048, $DURABLE;

CREATE TABLE IF NOT EXISTS parts_10s (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)), node $NAME, source $NAME, version $NAME, instance $NAME, generation UInt64,
  $COUNTS, latency $LATENCY
) ENGINE = ReplacingMergeTree(generation) PARTITION BY toDate(bucket) ORDER BY (bucket, node, source, version, instance)
SETTINGS index_granularity = 2048, $DURABLE;

CREATE TABLE IF NOT EXISTS operations_10s (
  bucket DateTime('UTC') CODEC(Delta(4), ZSTD(1)), node $NAME, operation $NAME, generation UInt64,
  $COUNTS, latency $LATENCY, own_count Nullable(Float64), own_log Nullable(Float64), own_log2 Nullable(Float64)
) ENGINE = ReplacingMergeTree(generation) PARTITION BY toDate(bucket) ORDER BY (bucket, node, operation)
SETTINGS index_granularity = 2048, $DURABLE;

-- what: node, edge, version, operation; part: the version or operation, else ''.
CREATE TABLE IF NOT EXISTS first_seen (
  what $NAME, id String, part String, at SimpleAggregateFunction(min, DateTime64(9, 'UTC'))
) ENGINE = AggregatingMergeTree ORDER BY (what, id, part)
SETTINGS $DURABLE;
