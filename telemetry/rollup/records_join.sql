-- Which of its caller's records each record that entered its owner answers: the one with its trace (else request) id to a service of
-- its name, at most a bucket away.
INSERT INTO fold_entered
SELECT uid, ts, o.called AS called, node, relays FROM fold_access
INNER JOIN (SELECT exit, any(uid) AS called, any(bucket) AS called_bucket FROM fold_access WHERE exit != 0 GROUP BY exit HAVING count() = 1) AS o ON o.exit = entry
WHERE entry != 0 AND abs(dateDiff('second', bucket, called_bucket)) <= 10
SETTINGS query_plan_join_swap_table = 'false';

-- Of several the last that began before it, else the first after it (clocks differ): one whose owner its certificate names before
-- one of the same operation and namespace before any.
-- let NEAREST = ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
-- let WHAT = uid, ts, bucket, node, relays
-- let SEVERAL = (SELECT exit FROM fold_access WHERE exit != 0 GROUP BY exit HAVING count() > 1)
INSERT INTO fold_entered
SELECT uid, ts, best.2 AS called, node, relays FROM (
  SELECT $WHAT, min(least(if(abs(dateDiff('second', bucket, before.3)) <= 10, (2 * level, before.2), (99, 0)), if(abs(dateDiff('second', bucket, after.3)) <= 10, (2 * level + 1, after.2), (99, 0)))) AS best
  FROM (
    SELECT $WHAT, leaves, level,
      max(if(leaves, (ts, uid, bucket), (toDateTime64(0, 9, 'UTC'), 0, toDateTime(0, 'UTC')))) OVER (PARTITION BY key ORDER BY ts, leaves DESC $NEAREST) AS before,
      min(if(leaves, (ts, uid, bucket), (toDateTime64('2200-01-01 00:00:00', 9, 'UTC'), 0, toDateTime(0, 'UTC')))) OVER (PARTITION BY key ORDER BY ts DESC, leaves $NEAREST) AS after
    FROM (
      SELECT $WHAT, 1 AS leaves, arrayJoin([(1, cityHash64(exit, own_key, 'by certificate')), (2, cityHash64(exit, called_ns, operation)), (3, exit)]) AS keys, keys.1 AS level, keys.2 AS key
      FROM fold_access WHERE exit IN $SEVERAL
      UNION ALL
      SELECT $WHAT, 0, arrayJoin([(1, cityHash64(entry, caller_key, 'by certificate')), (2, cityHash64(entry, if(relays, called_ns, own_ns), operation)), (3, entry)]) AS keys, keys.1, keys.2
      FROM fold_access WHERE entry IN $SEVERAL
    )
  )
  WHERE NOT leaves GROUP BY $WHAT HAVING best.1 < 99
);
