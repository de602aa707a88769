"""One trace: its spans, `GET /api/v1/traces/{id}`, its critical path, and two compared."""

from django.http import HttpRequest, HttpResponse

from meshui.access.problem import problem
from meshui.api.answer import ok, question
from meshui.asked.instants import BadQuestion
from meshui.running import running
from telemetry.span import Trace
from telemetry.trace_id import trace_id_in
from telemetry.traces.body import path_json, trace_json
from telemetry.traces.compare_body import comparison_json
from telemetry.traces.load import trace as load
from telemetry.traces.typical import typical

_TYPICAL = "typical"


@question
def trace(request: HttpRequest, trace_id: str) -> HttpResponse:
    """One trace; a 16-digit id of old Zipkin senders is read as 32 digits with leading zeros."""
    del request
    found = _load("id", trace_id)
    return ok(trace_json(found)) if found else _unknown("this trace")


@question
def path(request: HttpRequest, trace_id: str) -> HttpResponse:
    """What the trace's time was spent on."""
    del request
    found = _load("id", trace_id)
    return ok(path_json(found)) if found else _unknown("this trace")


@question
def compare(request: HttpRequest) -> HttpResponse:
    """Trace `a` against trace `b`, or against what is usual for its first request: `b=typical`."""
    a = _load("a", _asked(request, "a"))
    if a is None:
        return _unknown("trace a")
    wanted = _asked(request, "b")
    if wanted != _TYPICAL:
        b = _load("b", wanted)
        return ok(comparison_json(a, [b], usual=False)) if b else _unknown("trace b")
    usual = typical(running().engine, a)
    if not usual:
        root = a.spans[a.root]
        text = f"No other good trace of {root.operation} at {root.node} is stored from the 6 h before this one."
        return problem(404, "Nothing to compare with", text)
    return ok(comparison_json(a, usual, usual=True))


def _asked(request: HttpRequest, field: str) -> str:
    text = request.GET.get(field)
    if not text:
        raise BadQuestion(field, "expected the id of a trace" + (f", or {_TYPICAL}" if field == "b" else ""))
    return text


def _load(field: str, trace_id: str) -> Trace | None:
    wanted = trace_id_in(trace_id)
    if wanted is None:
        raise BadQuestion(field, f"{trace_id[:80]!r} is no trace id: expected 32 hexadecimal digits")
    return load(running().engine, wanted)


def _unknown(which: str) -> HttpResponse:
    text = f"No span of {which} is stored. It may be older than MESHUI_RETENTION_TRACES, or not sampled."
    return problem(404, "Unknown trace", text)
