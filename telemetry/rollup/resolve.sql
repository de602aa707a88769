-- What was said with every name an id: a name of the caller's namespace first, `service.namespace`, the only one of that name, a
-- known service of home; else a host outside, drawn once its bucket is settled; a Service whose pods have one other name is that.
-- Then which side of a pair makes the edge (caller, relay, called, the first that counted anything), and what counts at the target
-- (mesh-telemetry.md §1.5).
-- let REFUSED_ITSELF = hasAny(splitByChar(',', flags), ['RL', 'UAEX', 'FI', 'IH', 'NR'])
INSERT INTO fold_resolved
WITH only AS (SELECT name, any(node) AS node FROM fold_known GROUP BY name HAVING count() = 1)
SELECT * EXCEPT (step, served),
  source != '' AND step % 10 = min(step) OVER (PARTITION BY bucket, dialect, source, target, tcp) % 10 AS speaks,
  multiIf(side = 'server', 1, side = 'relay', max(side = 'server') OVER (PARTITION BY bucket, dialect, source, target) = 0,
    served OR max(side != 'client') OVER (PARTITION BY bucket, dialect, target), if(arrived = 0 AND class = 'error' AND NOT $REFUSED_ITSELF, 2, 0), 1) AS received
FROM (
  SELECT r.*, protocol = 'tcp' AS tcp,
    toUInt8(transform(toString(side), ['client', 'relay', 'server'], [1, 2, 3], 3) + if(n > 0 OR connections > 0, 0, 10)) AS step,
    (dialect, target) IN (SELECT dialect, node FROM fold_servers) AS served
  FROM (
    SELECT * EXCEPT (given, found, near, dotted, home, id, node) REPLACE (if(id = '', found, node) AS target,
      multiIf(source = '', '', source_kind != '', toString(source_kind), source = '-/unknown', 'unknown', source IN (SELECT node FROM fold_known WHERE gateway), 'gateway', 'service') AS source_kind,
      multiIf(target_kind != '', toString(target_kind), found = '-/unknown', 'unknown', found IN (SELECT node FROM fold_known WHERE gateway), 'gateway',
        given OR found != home OR found IN (SELECT node FROM fold_known), 'service', 'external') AS target_kind)
    FROM (
      SELECT s.*, s.target != '' AS given,
        concat(if(peer_ns = '', '-/', concat(meshui_part(peer_ns), '/')), meshui_part(peer)) AS home,
        concat(substring(source, 1, position(source, if(peer_ns = '', '/', ':'))), if(peer_ns = '', '', concat(meshui_part(peer_ns), '/')), meshui_part(peer)) AS near,
        if(peer_ns = '' AND countSubstrings(peer, '.') = 1, concat(substring(source, 1, position(source, ':')), meshui_part(substringIndex(peer, '.', -1)), '/', meshui_part(substringIndex(peer, '.', 1))), '') AS dotted,
        multiIf(s.target != '', s.target, peer = '', '', near IN (SELECT node FROM fold_known), near, dotted IN (SELECT node FROM fold_known), dotted,
          peer_ns = '' AND o.node != '', toString(o.node), home) AS found
      FROM fold_said AS s ANY LEFT JOIN only AS o ON o.name = meshui_part(s.peer)
    ) AS p ANY LEFT JOIN (SELECT toString(a.id) AS id, toString(a.node) AS node FROM aliases AS a) AS named ON id = found
    WHERE found != '' AND (given OR found != home OR bucket <= {settled:DateTime('UTC')} OR found IN (SELECT node FROM fold_known))
  ) AS r
);
