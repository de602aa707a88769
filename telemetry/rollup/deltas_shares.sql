-- Each delta's part in each bucket of [first, last], by how much of (since, at] lies in it: one row a series and bucket, without
-- bins. Those of histograms, and classic buckets, are put together elsewhere.
-- let NS = toInt64(1000000000)
-- let FIRST = toUnixTimestamp({first:DateTime('UTC')})
-- let LAST = toUnixTimestamp({last:DateTime('UTC')})
INSERT INTO fold_shares
SELECT bucket, series, n, s.sum * r.unit_ms AS sum, map() AS bins, fromUnixTimestamp64Milli(intDiv(newest, 1000000), 'UTC') AS until, i.interval_s, estimated
FROM (
  SELECT series, any(sender) AS sender, toDateTime(begin, 'UTC') AS bucket, sum(d.n * part) AS n, sum(d.sum * part) AS sum, max(at) AS newest, max(at - since > 300 * $NS) AS estimated
  FROM (
    SELECT series, sender, since, at, n, sum,
      arrayJoin(range(greatest(intDiv(since, 10 * $NS) * 10, $FIRST), least(intDiv(at - 1, 10 * $NS) * 10, $LAST) + 10, 10)) AS begin,
      (least(at, (begin + 10) * $NS) - greatest(since, begin * $NS)) / (at - since) AS part
    FROM fold_deltas WHERE since > 0 AND (shape = 0 OR series IN (SELECT series FROM fold_read WHERE NOT drawn))
  ) AS d
  GROUP BY series, begin
) AS s
INNER JOIN (SELECT series, unit_ms FROM fold_read WHERE NOT classic) AS r USING (series)
LEFT JOIN fold_intervals AS i USING (sender, bucket);
