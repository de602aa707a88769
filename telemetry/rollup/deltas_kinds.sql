-- Which kinds of points a run has read, besides counters.
SELECT max(form IN (1, 4)) AS gauges, max(scale != 127) AS exponential, max(notEmpty(bounds)) AS explicit FROM fold_points;
