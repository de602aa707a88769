-- Keeps the answers that new_answers.sql tells of, for the buckets of their calls.
INSERT INTO fold_far
SELECT DISTINCT top_bucket AS bucket, topmost AS uid FROM fold_calls
WHERE topmost != 0 AND answered AND abs(dateDiff('second', fold_calls.bucket, top_bucket)) > 10;
