-- What an edge carried in each step of [since, until), all protocols together: only steps with requests or attempts.
SELECT intDiv(toUnixTimestamp(bucket), {step:UInt32}) * {step:UInt32} AS at, sum(e.requests) AS requests, sum(e.failures) AS failures,
  sum(e.cancelled) AS cancelled, sum(e.client_errors) AS client_errors, sum(e.denied) AS denied, sum(e.attempts) AS attempts,
  sumMap(e.codes) AS codes, sumMap(e.flags) AS flags, sumMap(e.latency) AS latency, sum(e.mutual_tls) AS mutual_tls, sum(e.reached) AS reached,
  sum(e.bytes_in) AS bytes_in, sum(e.bytes_out) AS bytes_out, sum(e.connections) AS connections
FROM edges_10s AS e FINAL
WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND source = {source:String} AND target = {target:String}
GROUP BY at HAVING requests != 0 OR attempts != 0 ORDER BY at;
