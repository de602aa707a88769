-- Operations and hosts outside that were said of [since, until] and that nobody had met.
INSERT INTO fold_met
SELECT if(side = 'server', 'operation', 'host') AS what, if(side = 'server', r.target, r.source) AS id, if(side = 'server', toString(r.operation), r.target) AS part,
  min(ifNull(last_request, toDateTime64(bucket, 9, 'UTC'))) AS at
FROM fold_resolved AS r
WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  AND if(side = 'server', operation != '' AND n > 0, side = 'client' AND speaks AND target_kind IN ('external', 'database', 'cache') AND target != '-/other')
GROUP BY what, id, part
HAVING (what, id, part) NOT IN (SELECT toString(f.what), f.id, f.part FROM first_seen AS f WHERE f.what IN ('operation', 'host'));
