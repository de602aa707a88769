-- What some sender makes without end – paths, hosts, label sets – is kept up to a number, and the rest counts as `other`
-- (rollup/bounds.py). Which names are kept is what `first_seen` holds of what 'operation' (id a node, part its operation) and
-- 'host' (id a caller, part whom it called outside): the first ones met.
-- let NAME = LowCardinality(String)
-- let DURABLE = fsync_after_insert = 1, fsync_part_directory = 1

-- Work of one run of buckets: names that nobody had met, those for which there is no room.
CREATE TABLE IF NOT EXISTS fold_met (what $NAME, id String, part String, at DateTime64(9, 'UTC')) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_over (what $NAME, id String, part String) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_heard_bounded AS fold_heard ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_resolved_bounded AS fold_resolved ENGINE = Memory;

-- What was over its bound, for a warning: n names, as in `example`, that counted as `other` in buckets up to `at`.
CREATE TABLE IF NOT EXISTS crowded (at DateTime('UTC'), what $NAME, id String, signal $NAME, n UInt64, example String)
ENGINE = ReplacingMergeTree PARTITION BY toDate(at) ORDER BY (at, what, id, signal) SETTINGS $DURABLE;

-- Series whose label set is beyond the number that is read one by one are read with `other` for the labels that have too many values.
ALTER TABLE readings ADD COLUMN IF NOT EXISTS beyond UInt8;
CREATE TABLE IF NOT EXISTS fold_many (series UInt64, sender UInt64, metric $NAME) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_values (sender UInt64, metric $NAME, sender_name String, resource_id UInt64, label String, n UInt64) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_beyond (series UInt64, left_out Array(String)) ENGINE = Memory;
-- For a warning: whose metric that is, which of its labels has most values, and how many.
CREATE TABLE IF NOT EXISTS series_crowded (sender UInt64, metric $NAME, sender_name String, label String, n UInt64, read_at DateTime('UTC') DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY (sender, metric) TTL read_at + INTERVAL 2 DAY SETTINGS $DURABLE;
