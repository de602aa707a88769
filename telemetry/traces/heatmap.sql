-- Matching traces by the time of their newest match (step x from `origin` on) and by how long they took: row y is above
-- 2^(y / per_octave) ms, up to 2^((y + 1) / per_octave) ms.
SELECT intDiv(newest - {origin:Int64}, {step:Int64}) AS x,
  if(extent = 0, -40, greatest(-40, toInt16(ceil(log2(extent / 1e6) * {per_octave:UInt8})) - 1)) AS y,
  count() AS traces, countIf(failures > 0) AS failed
FROM ($TRACES)
WHERE newest > 0
GROUP BY x, y
ORDER BY x, y
SETTINGS $IN_ORDER;
