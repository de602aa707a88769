-- Buckets since {since} with calls that name one of these owners otherwise (as external, or as called by nobody known), and what
-- they were computed from.
SELECT toUnixTimestamp(bucket) AS at, groupUniqArray(multiIf(dialect = '', 'traces', dialect = 'logs', 'logs', 'metrics')) AS signals FROM edges_10s FINAL
WHERE bucket >= {since:DateTime('UTC')} AND (requests != 0 OR attempts != 0 OR connections != 0)
  AND ((target_kind = 'external' AND substring(target, position(target, '/') + 1) IN {names:Array(String)})
    OR (source = '-/unknown' AND target IN {nodes:Array(String)}))
GROUP BY at;
