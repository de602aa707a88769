-- Which spans of a trace say which of some words anywhere in their attributes, events or status: one row a span, `hits` are the places of
-- its words, from 0. Found by the bloom index of trace_id.
WITH concat(status_message, ' ', arrayStringConcat(mapKeys(attributes), ' '), ' ', arrayStringConcat(mapValues(attributes), ' '), ' ',
  arrayStringConcat(events, ' ')) AS said
SELECT lower(hex(reinterpretAsFixedString(span_id))) AS id,
  arrayFilter(nth -> positionCaseInsensitiveUTF8(said, {words:Array(String)}[nth + 1]) > 0, range(length({words:Array(String)}))) AS hits
FROM spans
WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND notEmpty(hits)
LIMIT {limit:UInt32}
