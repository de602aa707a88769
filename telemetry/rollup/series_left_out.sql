-- Which labels of the series of fold_many are left out: those with more values than `values` in the points of [since, until], and in any
-- case the one with most. Never what tells metrics and sides apart.
-- let TELLING = (SELECT arrayJoin(tupleElement(only, 1)) FROM dialect_metrics UNION ALL SELECT arrayJoin(tupleElement(labels, 1)) FROM dialect_labels WHERE side = '' UNION ALL SELECT 'le')
INSERT INTO fold_values (sender, metric, sender_name, resource_id, label, n)
SELECT sender, metric, any(p.sender_name) AS sender_name, any(p.resource_id) AS resource_id, label, uniq(value) AS n
FROM points AS p ARRAY JOIN mapKeys(attributes) AS label, mapValues(attributes) AS value
WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')} AND late = 0 AND metric IN (SELECT metric FROM fold_many)
  AND (sender, metric) IN (SELECT sender, metric FROM fold_many) AND replaceAll(toString(label), '.', '_') NOT IN $TELLING
GROUP BY sender, metric, label;

INSERT INTO series_crowded (sender, metric, sender_name, label, n)
SELECT sender, metric, if(r.instance = '' OR position(v.name, r.instance) > 0, v.name, concat(v.name, ' (', r.instance, ')')) AS sender_name, v.label AS label, v.n AS n
FROM (
  SELECT sender, metric, any(f.sender_name) AS name, any(f.resource_id) AS resource_id, argMax(f.label, (f.n, f.label)) AS label, max(f.n) AS n
  FROM fold_values AS f GROUP BY sender, metric
) AS v
LEFT JOIN (
  SELECT resource_id, arrayFirst(i -> i != '', [any(attributes['k8s.pod.name']), any(attributes['service.instance.id']), any(attributes['instance'])]) AS instance
  FROM resources WHERE resource_id IN (SELECT f.resource_id FROM fold_values AS f) GROUP BY resource_id
) AS r ON r.resource_id = v.resource_id;

INSERT INTO fold_beyond (series, left_out)
SELECT m.series AS series, left_out FROM fold_many AS m INNER JOIN (
  SELECT sender, metric, groupArrayIf(v.label, v.n > {values:UInt64} OR (v.n, v.label) = most) AS left_out
  FROM fold_values AS v INNER JOIN (SELECT sender, metric, max((n, label)) AS most FROM fold_values GROUP BY sender, metric) AS t USING (sender, metric)
  GROUP BY sender, metric
) AS l ON l.sender = m.sender AND l.metric = m.metric;
