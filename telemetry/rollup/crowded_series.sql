-- Metrics of senders, heard since an instant, with more label sets than are told apart; most first.
SELECT c.sender_name AS sender_name, toString(c.metric) AS metric, c.label AS label, c.n AS n, r.sets AS sets, r.beyond AS beyond, r.first AS first
FROM series_crowded AS c FINAL
INNER JOIN (
  SELECT sender, metric, uniqExact(if(family = 0, series, family)) AS sets, uniqExactIf(if(family = 0, series, family), b) AS beyond, minIf(seen, b) AS first
  FROM (SELECT sender, metric, series, family, max(r.beyond) AS b, min(r.seen) AS seen FROM readings AS r
    WHERE (sender, metric) IN (SELECT sender, metric FROM series_crowded) GROUP BY sender, metric, series, family)
  GROUP BY sender, metric
) AS r ON r.sender = c.sender AND r.metric = c.metric
WHERE r.beyond > 0 AND c.sender IN (SELECT f.sender FROM flushes AS f WHERE f.bucket >= {since:DateTime64(9, 'UTC')})
ORDER BY beyond DESC, metric, sender_name;
