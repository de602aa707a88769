-- Owners that sent spans themselves, and which of them are gateways.
SELECT toString(node) AS node, max(s.gateway) AS gateway, toUnixTimestamp(min(s.first_seen)) AS first_seen FROM services AS s GROUP BY node;
