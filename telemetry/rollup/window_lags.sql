-- Pairs whose counts come from a live counter, and how long ago (s) the last bucket border was that its newest point covers. Alive:
-- within two of its intervals, at most 2 min (rules.md, Counters); after that the next evidence counts by the clock again.
SELECT cityHash64(source, target, tcp) AS pair, ends - floor(covered / 10) * 10 AS lag FROM (
  SELECT source, target, protocol = 'tcp' AS tcp, toUnixTimestamp64Milli({until:DateTime64(9, 'UTC')}) / 1000 AS ends,
    argMin(toUnixTimestamp64Milli(e.until), (rank, -toInt64(toUnixTimestamp(bucket)))) / 1000 AS newest, least(newest, ends) AS covered,
    argMin(e.interval_s, (rank, -toInt64(toUnixTimestamp(bucket)))) AS interval
  FROM edges_counted(since = {early:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')}) AS e
  WHERE counts AND (bucket >= {since:DateTime('UTC')} OR toUnixTimestamp64Milli(e.until) != 0) GROUP BY source, target, tcp
) WHERE newest > 0 AND ends - covered <= least(120, 2 * greatest(1, interval)) AND lag > 0;
