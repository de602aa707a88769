-- Which buckets a segment touched: asked by the roll-ups instead of scanning spans. Late spans touch none.
CREATE TABLE IF NOT EXISTS dirty (spool UInt64, segment UInt64, bucket DateTime('UTC'), n UInt64)
ENGINE = MergeTree PARTITION BY toDate(bucket) ORDER BY (spool, segment, bucket)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_dirty TO dirty AS
SELECT spool, segment, bucket, count() AS n FROM spans WHERE late = 0 GROUP BY spool, segment, bucket;
