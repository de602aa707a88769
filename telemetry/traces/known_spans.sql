-- Values of a field of ours among the newest spans, the most frequent first.
SELECT value, count() AS n
FROM (
  SELECT arrayJoin(multiIf({field:String} = 'operation', [toString(operation)], {field:String} = 'version', [toString(version)],
    {field:String} = 'instance', [toString(instance)], splitByChar(',', toString(flags)))) AS value
  FROM (SELECT operation, version, instance, flags FROM spans WHERE bucket >= {since:DateTime('UTC')} ORDER BY bucket DESC LIMIT {spans:UInt32})
)
WHERE value != '' AND positionCaseInsensitive(value, {part:String}) > 0
GROUP BY value
ORDER BY startsWith(lower(value), lower({part:String})) DESC, n DESC, value
LIMIT {limit:UInt32};
