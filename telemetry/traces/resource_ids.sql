-- Resources whose attributes a condition holds for.
SELECT DISTINCT resource_id FROM resources WHERE $MATCH LIMIT 50000;
