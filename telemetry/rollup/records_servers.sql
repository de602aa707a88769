-- Nodes whose own side wrote access logs in [since, until]: there its callers' records count only where a request never arrived.
INSERT INTO fold_servers (dialect, node)
SELECT DISTINCT 'logs', toString(node) FROM access
WHERE (role = 'in' OR gateway OR node IN (SELECT node FROM fold_known AS k WHERE k.gateway)) AND node != '-/unknown'
  AND bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')};
