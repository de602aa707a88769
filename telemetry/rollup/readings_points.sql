-- What series sent last since an instant: when, by whom, with which labels. Reads points by (bucket, metric, series).
SELECT series, max(ts) AS last, argMax(sender_name, ts) AS sender,
  argMax(mapKeys(attributes), ts) AS names,
  argMax(arrayMap((kind, value) -> if(kind >= 'array_value', hex(value), value), kinds, mapValues(attributes)), ts) AS labels
FROM points
WHERE bucket >= {since:DateTime('UTC')}
  AND metric IN (SELECT arrayJoin({metrics:Array(String)})) AND series IN (SELECT arrayJoin({series:Array(UInt64)}))
GROUP BY series;
