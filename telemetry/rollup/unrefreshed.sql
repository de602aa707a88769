-- Segments whose buckets the roll-ups have not all computed, with those buckets (Unix seconds).
SELECT spool, segment, groupUniqArray(toUnixTimestamp(bucket)) AS buckets
FROM (SELECT spool, segment FROM loaded WHERE (spool, segment) NOT IN (SELECT spool, segment FROM refreshed)) AS l
LEFT JOIN (
  SELECT spool, segment, bucket FROM dirty
  WHERE (spool, segment) IN (SELECT spool, segment FROM loaded WHERE (spool, segment) NOT IN (SELECT spool, segment FROM refreshed))
) AS d USING (spool, segment)
GROUP BY spool, segment;
