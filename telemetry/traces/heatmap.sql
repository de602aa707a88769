-- Matching traces by the time of their newest match (step x of `since`) and the bin of how long they took.
SELECT intDiv(newest - {since:Int64}, {step:Int64}) AS x,
  if(extent = 0, -160, greatest(-160, least(239, toInt16(ceil(log2(extent / 1e6) * {per_octave:UInt8})) - 1))) AS y,
  count() AS traces, countIf(failures > 0) AS failed
FROM ($TRACES)
WHERE newest > 0
GROUP BY x, y
ORDER BY x, y
SETTINGS $IN_ORDER;
