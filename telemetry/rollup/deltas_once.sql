-- Points that were sent twice once: of several of one time the greatest.
INSERT INTO fold_points_once SELECT * FROM fold_points ORDER BY total DESC, sum DESC, counts DESC LIMIT 1 BY series, form, at, if(form = 3, start, 0);
TRUNCATE TABLE fold_points;
INSERT INTO fold_points SELECT * FROM fold_points_once;
TRUNCATE TABLE fold_points_once;
TRUNCATE TABLE fold_deltas;
