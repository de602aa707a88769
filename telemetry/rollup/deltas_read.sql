-- Which series are read and when their senders sent, for the buckets [first, last]. One row a series; one a sender with the flushes
-- of 10 minutes around the run, since a delta may be as long. A flush just at the border or a moment off may be the neighbour's.
-- let FIRST = (toUnixTimestamp({first:DateTime('UTC')}) * 1000000000)
-- let END = ((toUnixTimestamp({last:DateTime('UTC')}) + 10) * 1000000000)
-- let MOMENT = 500000000
INSERT INTO fold_read
SELECT series, metric, endsWith(measure, '_bucket') AS classic, match(measure, '^(latency|calls)') AS drawn, le, family, unit_ms
FROM readings FINAL WHERE why = '';

INSERT INTO fold_senders
SELECT sender, arraySort(groupUniqArray(toUnixTimestamp64Milli(at) * 1000000)) AS times,
  arrayLast(t -> t <= $FIRST - $MOMENT, times) AS before, arrayFirst(t -> t >= $END, times) AS after,
  (before = 0 OR before >= $FIRST - 30000000000) AND (after = 0 OR after < $END + 20000000000) AS near
FROM flushes
WHERE bucket BETWEEN {first:DateTime('UTC')} - 600 AND {last:DateTime('UTC')} + 610
GROUP BY sender;
