-- Buckets (Unix seconds) of the flushes just before and just after those that stand in [first, last], over all their senders; two
-- intervals of 60 s back where there is none before, since a first point may count since its start. No row without flushes. Reads flushes.
-- let MOMENT = 500
SELECT count() AS senders, toUnixTimestamp(min(if(empty(before), {first:DateTime('UTC')} - 120, before[-1]))) AS back,
  toUnixTimestamp(max(if(empty(after), {last:DateTime('UTC')}, after[1]))) AS ahead
FROM (
  SELECT sender, arraySort(groupUniqArray((toUnixTimestamp64Milli(at), bucket))) AS times,
    arrayFirst(t -> t.2 BETWEEN {first:DateTime('UTC')} AND {last:DateTime('UTC')}, times) AS one,
    arrayLast(t -> t.2 BETWEEN {first:DateTime('UTC')} AND {last:DateTime('UTC')}, times) AS other,
    arrayFilter(t -> t.1 <= one.1 - $MOMENT, times).2 AS before, arrayFilter(t -> t.1 >= other.1 + $MOMENT, times).2 AS after
  FROM flushes
  WHERE bucket BETWEEN {first:DateTime('UTC')} - 600 AND {last:DateTime('UTC')} + 600
  GROUP BY sender HAVING arrayExists(t -> t.2 BETWEEN {first:DateTime('UTC')} AND {last:DateTime('UTC')}, times)
);
