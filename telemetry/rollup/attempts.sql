-- Whether some call has several attempts, and some an answer more than a bucket away.
SELECT countIf(topmost != 0 AND answered) != uniqExactIf(topmost, topmost != 0 AND answered) AS several,
  countIf(topmost != 0 AND answered AND abs(dateDiff('second', bucket, top_bucket)) > 10) AS far
FROM fold_calls;
