-- Operations and hosts outside that the spans of [since, until] name and that nobody had met.
INSERT INTO fold_met
SELECT if(answered, 'operation', 'host') AS what, toString(if(answered, h.target, h.source)) AS id, toString(if(answered, h.operation, h.target)) AS part, min(ts) AS at
FROM fold_heard AS h
WHERE if(answered, h.node AND operation != '', edge AND target_kind NOT IN ('', 'queue')) AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
GROUP BY what, id, part
HAVING (what, id, part) NOT IN (SELECT toString(f.what), f.id, f.part FROM first_seen AS f WHERE f.what IN ('operation', 'host'));
