-- How many spans there are, and how many different ids they have.
SELECT count() AS spans, uniqExact(k) AS ids FROM fold_spans;
