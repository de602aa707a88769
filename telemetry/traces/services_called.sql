-- Owners by their bare name, or by name.namespace as Kubernetes writes it.
SELECT DISTINCT node FROM services
WHERE name = {name:String} OR (namespace NOT IN ('', '-') AND concat(name, '.', namespace) = {name:String})
ORDER BY node LIMIT 100;
