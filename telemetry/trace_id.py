"""A trace id as people paste it: alone, as a UUID, in a `traceparent` or another header, or in a log line that calls it
`trace_id`. Pure. The same rules in static/src/ui/trace-id.js; tests/cases/trace-ids.json holds both to them."""

import re

_LONGEST = 4_000
# Nothing else looks like a traceparent (W3C), so it is found anywhere.
_PARENT = re.compile(r"(?<![0-9a-z-])[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9a-z-])")
# What loggers write: trace_id=…, "traceId": "…", trace.id …
_NAMED = re.compile(r"(?<![0-9a-z])trace[_. -]?id[^0-9a-z]{1,4}([0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-z])")
# 32 or 16 digits or a UUID, perhaps with a span behind it (b3, uber-trace-id). Inside other text it may be anything.
_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_ALONE = re.compile(rf"[\s\"']*([0-9a-f]{{32}}|[0-9a-f]{{16}}|{_UUID})(?:[-:][0-9a-f]{{16}}[-:0-9a-f]*)?[\s\"',;]*")


def trace_id_in(text: str) -> str | None:
    """32 lower-case hex digits (an id of 16 gets zeros in front), None if `text` names no trace."""
    said = text[:_LONGEST].lower()
    candidates = [*_PARENT.finditer(said), *_NAMED.finditer(said), _ALONE.fullmatch(said)]
    ids = (match[1].replace("-", "").zfill(32) for match in candidates if match)
    return next((found for found in ids if found.strip("0")), None)
