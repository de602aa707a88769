-- Whether a series has no point before the run yet: most such are new.
SELECT count() > 0 AS lacking FROM (
  SELECT series FROM fold_points WHERE form != 3 GROUP BY series HAVING min(at) > toUnixTimestamp({first:DateTime('UTC')}) * 1000000000 LIMIT 1);
