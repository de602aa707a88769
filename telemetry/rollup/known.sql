-- Owners that sent spans themselves, as they are now.
INSERT INTO fold_known
SELECT node, substring(node, position(node, '/') + 1) AS name, max(s.gateway) AS gateway FROM services AS s GROUP BY node;
