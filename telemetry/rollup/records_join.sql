-- Which of its caller's records each record that entered its owner answers: of those with its trace (else request) id to a service
-- of its name the last that began before it, else the first after it (clocks differ), at most a bucket away; one whose owner its
-- certificate names before one of the same operation and namespace before any.
-- let NEAREST = ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
-- let WHAT = uid, ts, bucket, node, relays
INSERT INTO fold_entered
SELECT uid, best.2 AS called, node, relays, row_number() OVER (PARTITION BY called, relays ORDER BY ts DESC, uid DESC) = 1 AS last
FROM (
  SELECT $WHAT, min(least(if(abs(dateDiff('second', bucket, before.3)) <= 10, (2 * level, before.2), (99, 0)), if(abs(dateDiff('second', bucket, after.3)) <= 10, (2 * level + 1, after.2), (99, 0)))) AS best
  FROM (
    SELECT $WHAT, leaves, level,
      max(if(leaves, (ts, uid, bucket), (toDateTime64(0, 9, 'UTC'), 0, toDateTime(0, 'UTC')))) OVER (PARTITION BY key ORDER BY ts, leaves DESC $NEAREST) AS before,
      min(if(leaves, (ts, uid, bucket), (toDateTime64('2200-01-01 00:00:00', 9, 'UTC'), 0, toDateTime(0, 'UTC')))) OVER (PARTITION BY key ORDER BY ts DESC, leaves $NEAREST) AS after
    FROM (
      SELECT $WHAT, 1 AS leaves, arrayJoin([(1, cityHash64(joins, peer_key, own_key, 'by certificate')), (2, cityHash64(joins, peer_key, called_ns, operation)), (3, cityHash64(joins, peer_key))]) AS keys, keys.1 AS level, keys.2 AS key
      FROM fold_access WHERE leaves AND joins != 0
      UNION ALL
      SELECT $WHAT, 0, arrayJoin([(1, cityHash64(joins, name, caller_key, 'by certificate')), (2, cityHash64(joins, name, ns, operation)), (3, cityHash64(joins, name))]) AS keys, keys.1, keys.2
      FROM (SELECT *, if(relays, peer_key, own_key) AS name, if(relays, called_ns, own_ns) AS ns FROM fold_access WHERE (enters OR relays) AND joins != 0 AND node != '-/unknown')
    )
  )
  WHERE NOT leaves GROUP BY $WHAT HAVING best.1 < 99
);
