-- Evidence besides spans: the roll-ups get a row for each dialect that says something of a pair, what several say is kept apart
-- until it is read, and only then one of them counts for a bucket (docs/architecture.md, docs/decisions/005).
-- let NAME = LowCardinality(String)
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)

-- dialect: who says so; '' is spans. rank: the lower counts. word: what `evidence` calls it. until: the newest point of a
-- counter that covers the bucket, 1970 where nothing is counted by counters; interval_s: how often that counter is sent.
-- ejected: share of the target's members that the caller's outlier detection holds out.
ALTER TABLE edges_10s ADD COLUMN IF NOT EXISTS dialect $NAME AFTER protocol, MODIFY ORDER BY (bucket, source, target, protocol, dialect);
ALTER TABLE edges_10s
  ADD COLUMN IF NOT EXISTS rank UInt8 DEFAULT 90,
  ADD COLUMN IF NOT EXISTS until DateTime64(3, 'UTC'), ADD COLUMN IF NOT EXISTS interval_s Float32,
  ADD COLUMN IF NOT EXISTS duration_ms Float64, ADD COLUMN IF NOT EXISTS retry_success Nullable(Float64),
  ADD COLUMN IF NOT EXISTS saturation Nullable(Float64), ADD COLUMN IF NOT EXISTS ejected Nullable(Float64),
  ADD COLUMN IF NOT EXISTS source_identities Array(String), ADD COLUMN IF NOT EXISTS target_identities Array(String);

-- served: the node's own side counted it, not its callers'.
ALTER TABLE nodes_10s ADD COLUMN IF NOT EXISTS dialect $NAME AFTER node, MODIFY ORDER BY (bucket, node, dialect);
ALTER TABLE nodes_10s
  ADD COLUMN IF NOT EXISTS rank UInt8 DEFAULT 90,
  ADD COLUMN IF NOT EXISTS until DateTime64(3, 'UTC'), ADD COLUMN IF NOT EXISTS interval_s Float32,
  ADD COLUMN IF NOT EXISTS duration_ms Float64, ADD COLUMN IF NOT EXISTS saturation Nullable(Float64), ADD COLUMN IF NOT EXISTS served UInt8;

ALTER TABLE parts_10s ADD COLUMN IF NOT EXISTS dialect $NAME AFTER instance, MODIFY ORDER BY (bucket, node, source, version, instance, dialect);
ALTER TABLE parts_10s ADD COLUMN IF NOT EXISTS rank UInt8 DEFAULT 90;
ALTER TABLE operations_10s ADD COLUMN IF NOT EXISTS dialect $NAME AFTER operation, MODIFY ORDER BY (bucket, node, operation, dialect);
ALTER TABLE operations_10s ADD COLUMN IF NOT EXISTS rank UInt8 DEFAULT 90;

ALTER TABLE dirty ADD COLUMN IF NOT EXISTS signal $NAME DEFAULT 'traces' AFTER bucket;

-- What somebody said of the requests of a bucket, in one form for metrics and logs. Emptied before each run of buckets.
-- source '': the called does not say who called, it counts at the node and makes no edge. target '': `peer` is its raw name.
-- flag_n: requests that ended with `flags` (n on a row that counts requests, its own number on one that only counts flags).
-- let SAID = bucket DateTime('UTC'), dialect $NAME, rank UInt8, side Enum8('client' = 1, 'server' = 2, 'relay' = 3), source String, target String, peer $NAME, peer_ns $NAME, peer_kind $NAME, source_kind $NAME, target_kind $NAME, protocol $NAME, class $CLASS, code $NAME, flags String, flag_n Float64, arrived Int8, version $NAME, instance $NAME, source_version $NAME, operation $NAME, n Float64, latency Map(Int16, UInt64), duration_ms Float64, attempts Nullable(Float64), retry_success Nullable(Float64), mutual_tls Nullable(Float64), reached Nullable(Float64), bytes_in Nullable(Float64), bytes_out Nullable(Float64), connections Nullable(Float64), saturation Nullable(Float64), ejected Nullable(Float64), source_identity String, target_identity String, until DateTime64(3, 'UTC'), interval_s Float32, failing_traces Array(FixedString(16)), last_request Nullable(DateTime64(9, 'UTC'))
CREATE TABLE IF NOT EXISTS fold_said ($SAID) ENGINE = Memory;
-- The same with every name an id. tcp: the layer; speaks: of the side that makes the edge; received: 1 counts at the target,
-- 2 counts there because it never arrived: as a failure, without a duration.
CREATE TABLE IF NOT EXISTS fold_resolved ($SAID, tcp UInt8, speaks UInt8, received UInt8) ENGINE = Memory;

-- Nodes whose own side speaks in a dialect: their callers' rows then count at them only where a request never arrived.
CREATE TABLE IF NOT EXISTS fold_servers (dialect $NAME, node String) ENGINE = Memory;

-- Rows of [since, until) with `counts`: of what is said of a pair (its TCP apart) in a bucket the lowest rank counts. Counters say
-- something of every bucket they cover. Logs and spans hold the 20 s after a record too, against spans that stand in the next
-- bucket; and against a counter, whose difference is shared over all the time since its last point, two of its intervals on
-- either side. Only pairs of which several speak are looked at twice.
-- let WITHIN = bucket >= {since:DateTime('UTC')} - 120 AND bucket < {until:DateTime64(9, 'UTC')} + 120
-- let HELD = toUInt32(if(toUnixTimestamp64Milli(until) = 0, 20, least(120, greatest(20, 2 * interval_s))))
-- let AHEAD = if(toUnixTimestamp64Milli(until) = 0, 0, $HELD)
-- let BEST = arrayMin(arrayMap(s -> if(if(s.3, s.2 = bucket, s.2 + $HELD >= bucket AND s.2 <= bucket + $AHEAD), s.1, toUInt8(255)), groupArray((rank, bucket, toUnixTimestamp64Milli(until) != 0))
-- let NEAR = ORDER BY bucket RANGE BETWEEN 120 PRECEDING AND 120 FOLLOWING
-- let SAYS = (requests != 0 OR attempts != 0 OR toUnixTimestamp64Milli(until) != 0 OR connections != 0)
CREATE OR REPLACE VIEW edges_counted AS
WITH several AS (
  SELECT source, target, protocol = 'tcp' AS tcp FROM edges_10s WHERE $WITHIN GROUP BY source, target, tcp HAVING min(rank) != max(rank)
), beaten AS (
  SELECT bucket, source, target, protocol, dialect FROM (
    SELECT bucket, source, target, protocol, dialect, rank, until, interval_s, $BEST OVER (PARTITION BY source, target, protocol = 'tcp' $NEAR))) AS best
    FROM edges_10s FINAL WHERE $WITHIN AND $SAYS AND (source, target, protocol = 'tcp') IN (SELECT source, target, tcp FROM several)
  ) WHERE rank != best
)
SELECT *, (bucket, source, target, protocol, dialect) NOT IN (SELECT bucket, source, target, protocol, dialect FROM beaten) AS counts
FROM edges_10s FINAL WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND $SAYS;

-- let SERVED = (requests != 0 OR toUnixTimestamp64Milli(until) != 0)
CREATE OR REPLACE VIEW nodes_counted AS
WITH several AS (
  SELECT node FROM nodes_10s WHERE $WITHIN GROUP BY node HAVING min(rank) != max(rank)
), beaten AS (
  SELECT bucket, node, dialect FROM (
    SELECT bucket, node, dialect, rank, until, interval_s, $BEST OVER (PARTITION BY node $NEAR))) AS best
    FROM nodes_10s FINAL WHERE $WITHIN AND $SERVED AND node IN (SELECT node FROM several)
  ) WHERE rank != best
)
SELECT *, (bucket, node, dialect) NOT IN (SELECT bucket, node, dialect FROM beaten) AS counts
FROM nodes_10s FINAL WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND $SERVED;
