-- Series that wait to be read and whose label set is beyond what is told apart: of a sender's metric, and of the metric in all. Sets
-- that were read before come first.
INSERT INTO fold_many (series, sender, metric)
WITH had AS (
  SELECT metric AS what, sender AS who, uniqExact(if(family = 0, series, family)) AS sets FROM readings
  WHERE NOT beyond AND metric IN (SELECT metric FROM fold_waiting) AND series NOT IN (SELECT series FROM fold_waiting) GROUP BY metric, sender
)
SELECT series, sender, metric FROM (
  SELECT *, dense_rank() OVER (PARTITION BY metric, sender ORDER BY new, labels) AS nth,
    dense_rank() OVER (PARTITION BY metric ORDER BY new, sender, labels) AS nth_in_all
  FROM (
    SELECT series, sender, metric, series NOT IN (SELECT series FROM readings WHERE NOT beyond) AS new,
      cityHash64(arraySort(arrayFilter(l -> l.1 != 'le', arrayZip(mapKeys(attributes), mapValues(attributes))))) AS labels
    FROM fold_waiting
  )
) AS w
LEFT JOIN had ON what = metric AND who = sender
LEFT JOIN (SELECT what AS of, sum(sets) AS in_all FROM had GROUP BY what) AS a ON of = metric
WHERE nth + sets > {of_sender:UInt64} OR (nth_in_all + in_all > {in_all:UInt64} AND nth + sets > {always:UInt64});
