-- What series sent last since an instant: labels, resource, address. Reads points by (bucket, metric, series).
SELECT series, max(ts) AS last, argMax(resource_id, ts) AS resource_id, argMax(peer, ts) AS peer,
  argMax(mapKeys(attributes), ts) AS names,
  argMax(arrayMap((kind, value) -> if(kind >= 'array_value', hex(value), value), kinds, mapValues(attributes)), ts) AS labels
FROM points
WHERE bucket >= {since:DateTime('UTC')}
  AND metric IN (SELECT arrayJoin({metrics:Array(String)})) AND series IN (SELECT arrayJoin({series:Array(UInt64)}))
GROUP BY series;
