-- Whether series that wait to be read, with those that are, may be more than are told apart: counted with every bucket of histograms.
SELECT count() > 0 AS near FROM (
  SELECT metric, sender, sum(n) AS of_sender, sum(of_sender) OVER (PARTITION BY metric) AS in_all, max(waits) AS waiting FROM (
    SELECT metric, sender, count() AS n, 1 AS waits FROM fold_waiting GROUP BY metric, sender
    UNION ALL
    SELECT metric, sender, count() AS n, 0 FROM readings WHERE metric IN (SELECT metric FROM fold_waiting) GROUP BY metric, sender
  )
  GROUP BY metric, sender
)
WHERE waiting AND (of_sender > {of_sender:UInt64} OR (in_all > {in_all:UInt64} AND of_sender > {always:UInt64}));
