-- Forgets names that were first seen before an instant and that no roll-up has any more: what comes back is seen for the first time.
-- Of proxies whose metrics nobody reads any more, what their clusters showed.
-- let EDGES = (SELECT DISTINCT source, target FROM edges_10s)
DELETE FROM first_seen WHERE at < {before:DateTime64(9, 'UTC')} AND multiIf(
  what = 'node', id NOT IN (SELECT DISTINCT node FROM nodes_10s) AND id NOT IN (SELECT DISTINCT source FROM edges_10s),
  what = 'edge', id NOT IN (SELECT concat(source, '→', target) FROM $EDGES),
  what = 'version', (id, part) NOT IN (SELECT DISTINCT node, version FROM parts_10s),
  what = 'operation', (id, part) NOT IN (SELECT DISTINCT node, operation FROM operations_10s),
  what = 'host', (id, part) NOT IN $EDGES,
  0);

DELETE FROM named_twice WHERE id NOT IN (SELECT r.target FROM readings AS r);

DELETE FROM clusters_shown WHERE sender NOT IN (SELECT r.sender FROM readings AS r);
