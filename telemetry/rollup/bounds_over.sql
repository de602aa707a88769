-- For how many names of this run there is no room.
SELECT count() AS n FROM fold_over;
