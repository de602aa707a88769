-- How many traces match, how many of them have a failure, how long they took (ns).
SELECT count() AS traces, countIf(failures > 0) AS failed, quantilesExact(0.5, 0.95, 0.99)(extent) AS quantiles
FROM (
  SELECT trace_id, $EXTENT AS extent, countIf($FAILED) AS failures
  FROM spans
  WHERE $NEAR AND trace_id IN (SELECT trace_id FROM spans WHERE $WITHIN AND ($MATCH))
  GROUP BY trace_id
);
