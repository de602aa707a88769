-- Operations and hosts outside that the spans of [since, until] name and that nobody had met.
INSERT INTO fold_met
SELECT what, id, part, min(ts) AS at FROM (
  SELECT 'operation' AS what, toString(target) AS id, toString(operation) AS part, ts FROM fold_heard AS h
  WHERE h.node AND answered AND operation != '' AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  UNION ALL
  SELECT 'host', toString(source), toString(target), ts FROM fold_heard
  WHERE edge AND NOT answered AND target_kind NOT IN ('', 'queue') AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
)
WHERE (what, id, part) NOT IN (SELECT toString(f.what), f.id, f.part FROM first_seen AS f WHERE f.what IN ('operation', 'host'))
GROUP BY what, id, part;
