-- How many series were read, and for each reason how many were not; most first.
SELECT why, count() AS series, uniqExact(metric) AS metrics
FROM readings FINAL
GROUP BY why
ORDER BY series DESC, why;
