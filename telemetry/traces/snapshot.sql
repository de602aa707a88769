-- The newest segments of each spool that can be asked, by their numbers.
SELECT spool, groupArraySorted(64)(-toInt64(segment)) AS newest FROM loaded GROUP BY spool;
