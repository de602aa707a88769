-- How series of metric points were read, or why not: one row a series, the buckets of a classic histogram (one series each) as one
-- with their number. In order of (metric, id) after a cursor, by the table's own rows (a few 10,000), all of it scanned.
SELECT metric, if(family = 0, series, family) AS id, count() OVER (PARTITION BY metric, id) AS number,
  series, sender, type, dialect, measure, why, toString(side) AS side, source, target, peer, peer_ns, cluster, protocol, operation,
  code, first_digit, grpc, flags, toString(tls) AS tls, source_version, target_version, instance, source_identity, target_identity
FROM readings FINAL
WHERE (metric, id) > ({after_metric:String}, {after_id:UInt64})
  AND positionCaseInsensitiveUTF8(metric, {metric:String}) > 0
  AND ({read:String} = '' OR empty(why) = ({read:String} = 'yes'))
  AND ({who:String} = ''
    OR positionCaseInsensitiveUTF8(concat(source, ' ', target, ' ', peer, ' ', instance, ' ', cluster), {who:String}) > 0
    OR sender IN (SELECT resource_id FROM resources
      WHERE arrayExists(value -> positionCaseInsensitiveUTF8(value, {who:String}) > 0, mapValues(attributes))))
ORDER BY metric, id, series
LIMIT 1 BY metric, id
LIMIT {limit:UInt32};
