-- What the series of fold_beyond were read as, without the values that were left out of them (`<other>`, readings.sql): whom they name
-- so is `-/other`.
-- let OTHER = '<other>'
-- let ELSEWHERE = (position(concat(target, peer), $OTHER) > 0)
-- let SAME = cityHash64(dialect, side, source, target, peer, peer_ns, peer_kind, source_kind, target_kind, protocol, class, ended, flags, arrived, target_version, instance, source_version, operation, tls, source_identity, target_identity)
INSERT INTO readings
SELECT * REPLACE ($SAME AS same) FROM (
SELECT * REPLACE (
  if(position(source, $OTHER) > 0, '-/other', source) AS source, if($ELSEWHERE, '-/other', target) AS target,
  if($ELSEWHERE, '', toString(peer)) AS peer, if($ELSEWHERE, '', toString(peer_ns)) AS peer_ns, if($ELSEWHERE, '', toString(peer_kind)) AS peer_kind,
  if($ELSEWHERE AND side = 'client', 'external', toString(target_kind)) AS target_kind,
  if(position(operation, $OTHER) > 0, 'other', toString(operation)) AS operation,
  if(position(source_version, $OTHER) > 0, '', toString(source_version)) AS source_version,
  if(position(target_version, $OTHER) > 0, '', toString(target_version)) AS target_version,
  if(position(instance, $OTHER) > 0, '', toString(instance)) AS instance,
  if(position(source_identity, $OTHER) > 0, '', source_identity) AS source_identity, if(position(target_identity, $OTHER) > 0, '', target_identity) AS target_identity,
  replaceAll(toString(flags), $OTHER, '') AS flags, replaceAll(toString(cluster), $OTHER, 'other') AS cluster, 1 AS beyond)
FROM readings FINAL WHERE series IN (SELECT b.series FROM fold_beyond AS b) AND series IN (SELECT s.series FROM fold_series AS s)
);
