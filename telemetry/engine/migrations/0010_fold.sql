-- Where a refresh puts the spans of a run of buckets while it folds them into calls (rollup/fold.py). Memory tables, emptied
-- before each run: nothing here outlives a refresh but fold_far and fold_epochs.
-- let NAME = LowCardinality(String)
-- let ROLE = Enum8('local' = 0, 'in' = 1, 'out' = 2, 'relay' = 3, 'send' = 4, 'process' = 5, 'receive' = 6, 'auto' = 7)
-- let PEER_KIND = Enum8('none' = 0, 'service' = 1, 'database' = 2, 'cache' = 3, 'queue' = 4, 'external' = 5)
-- let TLS = Enum8('unknown' = 0, 'mutual' = 1, 'plain' = 2)
-- let CLASS = Enum8('ok' = 0, 'error' = 1, 'client_error' = 2, 'throttled' = 3, 'denied' = 4, 'cancelled' = 5)
-- let TIMES = bucket DateTime('UTC'), ts DateTime64(9, 'UTC'), duration UInt64
-- let SAID = status UInt8, code UInt16, grpc Int16, flags String, arrived Int8, tls $TLS, protocol $NAME
-- let PEER = peer $NAME, peer_ns $NAME, peer_kind $PEER_KIND
-- let SPAN = uid UInt64, k UInt64, pk UInt64, $TIMES, trace_id FixedString(16), span_id UInt64, node $NAME, version $NAME, instance $NAME, role $ROLE, proxy UInt8, kind UInt8, operation $NAME, $SAID, $PEER, weight Float32
-- let PARENT = puid UInt64, pnode $NAME, prole $ROLE, pinstance $NAME

-- Spans. uid: the span as one owner sent it in one role; k: its id in its trace; pk: its parent's (0 none, 1 itself).
CREATE TABLE IF NOT EXISTS fold_spans ($SPAN) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_once ($SPAN) ENGINE = Memory;

-- The same with its parent (puid 0: not there).
CREATE TABLE IF NOT EXISTS fold_links ($SPAN, $PARENT, pproxy UInt8) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS fold_swap ($SPAN, $PARENT, pproxy UInt8) ENGINE = Memory;

-- An `in` span after the climb: the topmost span that entered its owner so many steps above it, the owner's `out` spans in
-- between, and the span that called the owner (link).
CREATE TABLE IF NOT EXISTS fold_ins (
  uid UInt64, $TIMES, trace_id FixedString(16), span_id UInt64, node $NAME, version $NAME, instance $NAME, proxy UInt8, operation $NAME,
  $SAID, $PEER, weight Float32,
  entry UInt64, entry_bucket DateTime('UTC'), entry_role $ROLE, depth UInt8, outs Array(UInt64), link UInt64, link_role $ROLE, link_node $NAME, lost UInt8
) ENGINE = Memory;

-- An `out` span after the climb: the topmost `out` span of its call (topmost), so many `out` spans above it, and what is said on
-- the way from there down to it. part: its call is how a message is sent or received.
CREATE TABLE IF NOT EXISTS fold_outs (
  uid UInt64, bucket DateTime('UTC'), ts DateTime64(9, 'UTC'), span_id UInt64, trace_id FixedString(16), node $NAME, $PEER,
  code UInt16, grpc Int16, flags String, arrived Int8, tls $TLS, protocol $NAME,
  topmost UInt64, depth UInt8, part UInt8,
  top_bucket DateTime('UTC'), top_ts DateTime64(9, 'UTC'), top_duration UInt64, top_status UInt8, top_weight Float32
) ENGINE = Memory;

-- A row for each request that arrived and for each that nobody answered, as its spans tell it. caller_*: said on the caller's
-- side, if it speaks at all; code, grpc, flags, status: said by the called, staying_*: less what says that the client left.
-- edge, node: it counts there. answered: the called says so itself. kinds: '' of a service. duration 2^64 - 1: not measured.
-- let CALL = uid UInt64, bucket DateTime('UTC'), ts DateTime64(9, 'UTC'), trace_id FixedString(16), span_id UInt64, source $NAME, target $NAME, source_kind $NAME, target_kind $NAME, protocol $NAME, weight Float64, tls $TLS, version $NAME, instance $NAME, operation $NAME, topmost UInt64, top_bucket DateTime('UTC'), edge UInt8, node UInt8, answered UInt8, reached UInt8
CREATE TABLE IF NOT EXISTS fold_heard ($CALL,
  caller_speaks UInt8, caller_code UInt16, caller_grpc Int16, caller_flags $NAME, caller_status UInt8, caller_duration UInt64,
  code UInt16, grpc Int16, flags $NAME, status UInt8, staying_code UInt16, staying_grpc Int16, duration UInt64
) ENGINE = Memory;

-- The same, judged. bin -32767: not measured.
CREATE TABLE IF NOT EXISTS fold_calls ($CALL,
  edge_class $CLASS, edge_code $NAME, edge_flags $NAME, edge_bin Int16, callee_class $CLASS, node_code $NAME, node_flags $NAME, node_bin Int16
) ENGINE = Memory;

-- Requests that a later attempt of the same call followed.
CREATE TABLE IF NOT EXISTS fold_retried (uid UInt64) ENGINE = Memory;

-- Owners that sent spans themselves, as they stand when a refresh begins; name: the part of the id behind the slash.
CREATE TABLE IF NOT EXISTS fold_known (node $NAME, name $NAME, gateway UInt8) ENGINE = Memory;

-- Topmost `out` spans answered from a bucket that is not their neighbour (clocks minutes apart): written by a refresh of the
-- answer's bucket, read by one of the call's.
CREATE TABLE IF NOT EXISTS fold_far (bucket DateTime('UTC'), uid UInt64)
ENGINE = ReplacingMergeTree PARTITION BY toDate(bucket) ORDER BY (bucket, uid)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- A row for each process that refreshed: the high half of its generations.
CREATE TABLE IF NOT EXISTS fold_epochs (epoch UInt64) ENGINE = MergeTree ORDER BY epoch
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The bin of a duration in ns, as telemetry/histogram.py:bin_of has it.
CREATE OR REPLACE FUNCTION meshui_bin AS ns -> multiIf(ns = 0, toInt16(-32768), ns = 18446744073709551615, toInt16(-32767), toInt16(greatest(-160, least(239,
  toInt32(ceil(log2(greatest(ns, 1) / 1e6) * 8)) - 1
  - (greatest(ns, 1) / 1e6 <= exp2((toInt32(ceil(log2(greatest(ns, 1) / 1e6) * 8)) - 1) / 8))
  + (greatest(ns, 1) / 1e6 > exp2(toInt32(ceil(log2(greatest(ns, 1) / 1e6) * 8)) / 8))))));
CREATE OR REPLACE FUNCTION meshui_flags AS (a, b) -> if(a = '' AND b = '', '', arrayStringConcat(arraySort(arrayDistinct(
  arrayFilter(f -> f != '', splitByChar(',', concat(a, ',', b))))), ','));
-- The same without what says that the client left.
CREATE OR REPLACE FUNCTION meshui_staying AS flags -> if(flags = '', '', arrayStringConcat(arrayFilter(f -> f NOT IN ('DC', 'DR'), splitByChar(',', flags)), ','));
CREATE OR REPLACE FUNCTION meshui_label AS (code, grpc) -> multiIf(grpc >= 0, concat('grpc:', toString(grpc)), code != 0, toString(code), '');
