-- Who sent the spans of query_fill.sql: three pods of each of 500 services.
INSERT INTO resources (day, resource_id, attributes, kinds, seen)
WITH intDiv(number, 3) AS here, concat('svc-', toString(here), '-', toString(number % 3)) AS pod
SELECT toDate({at:DateTime('UTC')}), cityHash64(pod),
  CAST((['service.name', 'k8s.namespace.name', 'k8s.pod.name'], [concat('svc-', toString(here)), concat('ns-', toString(here % 25)), pod]), 'Map(LowCardinality(String), String)'),
  arrayMap(x -> CAST('string_value', 'Enum8(\'none\' = 0, \'string_value\' = 1, \'bool_value\' = 2, \'int_value\' = 3, \'double_value\' = 4, \'array_value\' = 5, \'kvlist_value\' = 6, \'bytes_value\' = 7)'), [1, 2, 3]),
  {at:DateTime('UTC')}
FROM numbers(1500);
