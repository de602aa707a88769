-- Keeps names that this run met first, as long as there is room for them among the `most` of their service; the rest are over.
-- let KEPT = SELECT toString(f.what), f.id, f.part FROM first_seen AS f WHERE f.what IN ('operation', 'host')
INSERT INTO first_seen (what, id, part, at)
SELECT what, id, part, at
FROM (SELECT *, row_number() OVER (PARTITION BY what, id ORDER BY at, part) AS nth FROM fold_met WHERE part != 'other') AS m
LEFT JOIN (
  SELECT toString(f.what) AS of, f.id AS whose, uniqExactIf(f.part, f.part != 'other') AS had FROM first_seen AS f
  WHERE f.what IN ('operation', 'host') AND f.id IN (SELECT met.id FROM fold_met AS met) GROUP BY f.what, f.id
) AS k ON of = what AND whose = id
WHERE nth + had <= {most:UInt32};

INSERT INTO fold_over
SELECT what, id, part FROM fold_met WHERE part != 'other' AND (what, id, part) NOT IN ($KEPT);

INSERT INTO crowded (at, what, id, signal, n, example)
SELECT {until:DateTime('UTC')} AS at, what, id, {signal:String} AS signal, count() AS n, min(part) AS example FROM fold_over GROUP BY what, id;
