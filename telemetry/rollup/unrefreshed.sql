-- Segments whose buckets the roll-ups have not all computed, with those buckets (Unix seconds), by what they hold.
SELECT spool, segment, any(toString(signal)) AS signal, groupUniqArray(toUnixTimestamp(bucket)) AS buckets
FROM (SELECT spool, segment FROM loaded WHERE (spool, segment) NOT IN (SELECT spool, segment FROM refreshed)) AS l
LEFT JOIN (
  SELECT spool, segment, bucket, signal FROM dirty
  WHERE (spool, segment) IN (SELECT spool, segment FROM loaded WHERE (spool, segment) NOT IN (SELECT spool, segment FROM refreshed))
) AS d USING (spool, segment)
GROUP BY spool, segment;
