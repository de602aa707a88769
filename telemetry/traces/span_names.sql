-- Names and kinds of services' spans. Reads four columns of low cardinality of the time asked about; says what it has found by then
-- when its time is over.
SELECT name, kind FROM spans
WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')}
  AND node IN (SELECT arrayJoin({nodes:Array(String)})) AND kind IN (SELECT arrayJoin({kinds:Array(UInt8)}))
GROUP BY name, kind ORDER BY name, kind LIMIT {most:UInt32}
SETTINGS timeout_overflow_mode = 'break';
