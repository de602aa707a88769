-- A slice of the series that wait to be read: what labels say takes memory.
INSERT INTO fold_series SELECT * FROM fold_waiting WHERE series % {slices:UInt32} = {slice:UInt32};
