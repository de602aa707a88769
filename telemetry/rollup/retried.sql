-- Requests that another attempt of the same call followed, at most a bucket later: they arrived, but are no call of their own.
INSERT INTO fold_retried
WITH several AS (SELECT topmost FROM fold_calls WHERE topmost != 0 AND answered GROUP BY topmost HAVING count() > 1)
SELECT uid FROM (
  SELECT uid, bucket, leadInFrame(bucket) OVER (PARTITION BY topmost, target ORDER BY ts, span_id, uid ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS later
  FROM fold_calls WHERE answered AND topmost IN several
)
WHERE later >= bucket AND dateDiff('second', bucket, later) <= 10;
