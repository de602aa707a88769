-- Classic buckets of one histogram fall together: where one series of a family fell, all of the same time begin again.
ALTER TABLE fold_deltas UPDATE n = total, fell = 1 WHERE since > 0 AND (series, at) IN (
  SELECT r.series, f.at
  FROM (SELECT DISTINCT c.family AS family, d.at AS at FROM fold_deltas AS d INNER JOIN fold_read AS c USING (series) WHERE d.fell AND c.classic) AS f
  INNER JOIN fold_read AS r USING (family) WHERE r.classic);
