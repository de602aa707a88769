-- How many traces match, how many of them have a failure, how long they took (ns).
SELECT count() AS traces, countIf(failures > 0) AS failed, quantilesExact(0.5, 0.95, 0.99)(extent) AS quantiles
FROM ($TRACES)
WHERE newest > 0
SETTINGS $IN_ORDER;
