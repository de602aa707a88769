-- What an edge carried in each step of [since, until), a row for each protocol and dialect, what counts apart.
SELECT intDiv(toUnixTimestamp(bucket), {step:UInt32}) * {step:UInt32} AS at, protocol, min(e.rank) AS rank, counts, sum(e.requests) AS requests, sum(e.failures) AS failures,
  sum(e.cancelled) AS cancelled, sum(e.client_errors) AS client_errors, sum(e.denied) AS denied, sum(e.attempts) AS attempts, sum(e.retry_success) AS retry_success,
  sumMap(e.codes) AS codes, sumMap(e.flags) AS flags, sumMap(e.latency) AS latency, sum(e.mutual_tls) AS mutual_tls, sum(e.reached) AS reached,
  sum(e.bytes_in) AS bytes_in, sum(e.bytes_out) AS bytes_out, sum(e.connections) AS connections, max(e.saturation) AS saturation, max(e.ejected) AS ejected
FROM edges_counted(since = {since:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')}) AS e
WHERE source = {source:String} AND target = {target:String}
GROUP BY at, protocol, dialect, counts HAVING requests != 0 OR attempts != 0 OR connections != 0 OR bytes_in != 0 OR bytes_out != 0 ORDER BY at, rank, protocol;
