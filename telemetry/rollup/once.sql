-- Each span once, where some came twice. One sent twice with other content counts as its earliest form.
INSERT INTO fold_once SELECT * FROM fold_spans ORDER BY ts, duration, status, code, grpc, flags, pk LIMIT 1 BY uid;
EXCHANGE TABLES fold_spans AND fold_once;
TRUNCATE TABLE fold_once;
