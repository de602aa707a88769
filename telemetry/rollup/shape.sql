-- What there is to do for the spans of this run: which of the climbs, and how many parents are missing.
-- let ENTERS = (puid = 0 OR (prole != 'relay' AND (pnode != node OR (prole = 'out' AND instance != '' AND pinstance != '' AND instance != pinstance))))
-- let GOES_ON = (puid != 0 AND (prole = 'relay' OR (pnode = node AND prole IN ('out', 'local'))))
SELECT countIf(role = 'auto') AS autos, countIf(role = 'in' AND NOT $ENTERS) AS ins, countIf(role = 'out' AND $GOES_ON) AS outs,
  countIf(role IN ('send', 'process', 'receive')) AS messages,
  countIf(puid = 0 AND pk > 1 AND bucket <= {settled:DateTime('UTC')}) AS orphans
FROM fold_links;
