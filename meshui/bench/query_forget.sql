-- What the engine remembers of conditions asked before (reference: benchmark without it).
SYSTEM DROP QUERY CONDITION CACHE;
