"""`GET /api/v1/traces/{id}`: the spans of one trace."""

import re

from django.http import HttpRequest, HttpResponse

from meshui.access.problem import problem
from meshui.api.answer import ok, question
from meshui.api.ask import BadQuestion
from meshui.running import running
from telemetry.traces.body import trace_json
from telemetry.traces.load import trace as load

_TRACE_ID = re.compile(r"[0-9a-f]{32}")


@question
def trace(request: HttpRequest, trace_id: str) -> HttpResponse:
    """One trace; a 16-digit id of old Zipkin senders is read as 32 digits with leading zeros."""
    del request
    wanted = trace_id.lower().zfill(32) if len(trace_id) == 16 else trace_id.lower()
    if _TRACE_ID.fullmatch(wanted) is None:
        raise BadQuestion("id", f"{trace_id[:80]!r} is no trace id: expected 32 hexadecimal digits")
    found = load(running().engine, wanted)
    if found is None:
        text = "No span of this trace is stored. It may be older than MESHUI_RETENTION_TRACES, or not sampled."
        return problem(404, "Unknown trace", text)
    return ok(trace_json(found))
