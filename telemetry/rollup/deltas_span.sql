-- How far around the run its senders' next flushes lie, and whether any sent two buckets or more after it.
SELECT minIf(before, before > 0 AND NOT near) AS oldest, maxIf(after, NOT near) AS newest,
  max(times[-1]) >= (toUnixTimestamp({last:DateTime('UTC')}) + 30) * 1000000000 AS beyond,
  (SELECT max(classic) FROM fold_read) AS classic
FROM fold_senders;
