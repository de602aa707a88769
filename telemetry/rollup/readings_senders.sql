-- What resources say of who they are: the newest row of each, only the attributes that name somebody.
SELECT resource_id, mapFilter((name, value) -> name IN ('service.name', 'service.namespace', 'service.instance.id', 'k8s.namespace.name',
  'k8s.pod.name', 'host.name', 'job', 'instance', 'node_name'), attributes) AS named
FROM resources
WHERE resource_id IN (SELECT arrayJoin({ids:Array(UInt64)}))
ORDER BY day DESC
LIMIT 1 BY resource_id;
