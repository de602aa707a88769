-- What was said, with `other` for the names that have no room.
-- let OVER = (SELECT o.id, o.part FROM fold_over AS o WHERE o.what =
TRUNCATE TABLE fold_resolved_bounded;
INSERT INTO fold_resolved_bounded
SELECT * EXCEPT (far) REPLACE (
  if((target, toString(operation)) IN $OVER 'operation'), 'other', toString(operation)) AS operation,
  if(far, '-/other', target) AS target, if(far, 'external', toString(target_kind)) AS target_kind)
FROM (
  SELECT *, target_kind != '' AND (source, target) IN $OVER 'host') AS far FROM fold_resolved
);
EXCHANGE TABLES fold_resolved AND fold_resolved_bounded;
