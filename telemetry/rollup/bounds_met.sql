-- How many names of this run nobody had met.
SELECT count() AS n FROM fold_met;
