-- Nodes whose counts come from a live counter, and how long ago (s) it last covered a bucket: as window_lags.sql says of pairs.
SELECT node, ends - floor(covered / 10) * 10 AS lag FROM (
  SELECT toString(node) AS node, toUnixTimestamp64Milli({until:DateTime64(9, 'UTC')}) / 1000 AS ends,
    argMin(toUnixTimestamp64Milli(n.until), (rank, -toInt64(toUnixTimestamp(bucket)))) / 1000 AS newest, least(newest, ends) AS covered,
    argMin(n.interval_s, (rank, -toInt64(toUnixTimestamp(bucket)))) AS interval
  FROM nodes_counted(since = {early:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')}) AS n
  WHERE counts AND (bucket >= {since:DateTime('UTC')} OR toUnixTimestamp64Milli(n.until) != 0) GROUP BY node
) WHERE newest > 0 AND ends - covered <= least(120, 2 * greatest(1, interval)) AND lag > 0;
