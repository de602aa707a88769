-- The same calls with `other` for the names that have no room.
-- let OVER = (SELECT o.id, o.part FROM fold_over AS o WHERE o.what =
TRUNCATE TABLE fold_heard_bounded;
INSERT INTO fold_heard_bounded
SELECT * EXCEPT (far) REPLACE (
  if(answered AND (toString(target), toString(operation)) IN $OVER 'operation'), 'other', toString(operation)) AS operation,
  if(far, '-/other', toString(target)) AS target, if(far, 'external', toString(target_kind)) AS target_kind)
FROM (
  SELECT *, NOT answered AND target_kind != '' AND (toString(source), toString(target)) IN $OVER 'host') AS far FROM fold_heard
);
EXCHANGE TABLES fold_heard AND fold_heard_bounded;
