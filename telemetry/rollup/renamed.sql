-- Buckets since {since} with calls that name one of these owners otherwise: as external, or as called by nobody known.
SELECT DISTINCT toUnixTimestamp(bucket) AS at FROM edges_10s FINAL
WHERE bucket >= {since:DateTime('UTC')} AND attempts != 0
  AND ((target_kind = 'external' AND substring(target, position(target, '/') + 1) IN {names:Array(String)})
    OR (source = '-/unknown' AND target IN {nodes:Array(String)}));
