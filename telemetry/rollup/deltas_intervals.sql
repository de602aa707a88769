-- Each sender's interval in each bucket of [first, last]: the middle one of the gaps between its flushes in the 10 minutes to its
-- end; 60 s, as SDKs have it, where there is no gap yet. One row a sender and bucket.
-- let NS = toInt64(1000000000)
INSERT INTO fold_intervals
SELECT sender, toDateTime(at, 'UTC') AS bucket, if(empty(gaps), 60, gaps[intDiv(length(gaps) + 1, 2)] / 1e9) AS interval_s
FROM (
  SELECT sender, arrayJoin(range(toUnixTimestamp({first:DateTime('UTC')}), toUnixTimestamp({last:DateTime('UTC')}) + 1, 10)) AS at,
    arrayFilter(t -> t >= (at - 590) * $NS AND t < (at + 10) * $NS, times) AS heard,
    arraySort(arrayFilter(gap -> gap >= 500000000, arrayPopFront(arrayDifference(heard)))) AS gaps
  FROM fold_senders
);
