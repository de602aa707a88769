-- Senders whose older series are read otherwise now that they send another metric besides, and whether anything is new.
SELECT groupUniqArray(sender) AS senders FROM readings
WHERE name IN (SELECT name FROM dialect_metrics WHERE needs != '' OR unless != '')
  AND series NOT IN (SELECT series FROM fold_series)
  AND sender IN (SELECT sender FROM fold_names AS n INNER JOIN fold_series AS s ON s.metric = n.metric
    WHERE n.name IN (SELECT needs FROM dialect_metrics WHERE needs != '' UNION ALL SELECT unless FROM dialect_metrics WHERE unless != ''));
