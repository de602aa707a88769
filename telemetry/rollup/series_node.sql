-- What a node received in each step of [since, until), a row for each dialect, what counts apart.
SELECT intDiv(toUnixTimestamp(bucket), {step:UInt32}) * {step:UInt32} AS at, min(n.rank) AS rank, counts, sum(n.requests) AS requests, sum(n.failures) AS failures,
  sum(n.cancelled) AS cancelled, sum(n.client_errors) AS client_errors, sum(n.denied) AS denied,
  sumMap(n.codes) AS codes, sumMap(n.flags) AS flags, sumMap(n.latency) AS latency, max(n.saturation) AS saturation
FROM nodes_counted(since = {since:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')}) AS n
WHERE node = {node:String}
GROUP BY at, dialect, counts HAVING requests != 0 ORDER BY at, rank;
