-- Answers found more than a bucket away from their call, which the call's bucket does not know of yet.
SELECT DISTINCT toUnixTimestamp(top_bucket) AS called FROM fold_calls
WHERE topmost != 0 AND answered AND abs(dateDiff('second', bucket, top_bucket)) > 10
  AND (top_bucket, topmost) NOT IN (SELECT bucket, uid FROM fold_far);
