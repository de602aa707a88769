"""The page of one trace: title, sentences and first rows as HTML, all rows as numbers for the script.

`?span=ID` chooses a span. `?part=live` answers the parts that change while a trace arrives, 304 if nothing did;
`?part=span&span=ID` what one span said, `?part=find&find=WORDS` which spans say what in their attributes and events."""

import re
from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meshui.pages import trace_detail, trace_head
from meshui.running import running
from telemetry.engine.engine import Engine, EngineError
from telemetry.span import Trace
from telemetry.traces.one import drawn as load
from telemetry.traces.one import saying, spans_named, stored
from telemetry.traces.outline import outline
from telemetry.traces.telling import Telling
from telemetry.traces.tree import children_of
from telemetry.traces.uncollected import uncollected

ARRIVING_S = 60
"""How long after its end spans of a trace are still waited for."""
MOST_WORDS = 8
VIEWS = (("waterfall", "Waterfall"), ("table", "Table"), ("flame", "Flame"), ("graph", "Graph"))
_TRACE_ID, _SPAN_ID = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")
_UNSAFE = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@never_cache
@require_safe
def page(request: HttpRequest, trace_id: str) -> HttpResponse:
    """A trace; 404 where none is kept, 400 for an id that is none, 503 while the engine cannot answer."""
    wanted = read_id(trace_id)
    if wanted is None:
        return nothing(request, trace_id, "no-id", 400)
    if wanted != trace_id:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"/traces/{wanted}/{'?' if query else ''}{query}")
    try:
        return _answer(request, running().engine, wanted)
    except EngineError as error:
        return nothing(request, wanted, "away", 503, str(error))


def read_id(text: str) -> str | None:
    """32 digits in lower case; the 16 of old Zipkin senders get zeros in front. None if it is no id."""
    wanted = text.strip().lower()
    wanted = wanted.zfill(32) if len(wanted) == 16 else wanted
    return wanted if _TRACE_ID.fullmatch(wanted) else None


def nothing(request: HttpRequest, trace_id: str, why: str, status: int, error: str = "") -> HttpResponse:
    """The page that says why there is no trace to see."""
    return render(request, "trace/nothing.html", {"trace_id": trace_id[:80], "why": why, "error": error}, status=status)


def _answer(request: HttpRequest, engine: Engine, wanted: str) -> HttpResponse:
    part, chosen = request.GET.get("part", ""), request.GET.get("span", "").lower()
    if part == "span":
        spans = spans_named(engine, wanted, chosen) if _SPAN_ID.fullmatch(chosen) else []
        return render(request, "trace/_said.html", {"said": trace_detail.said(spans)}, status=200 if spans else 404)
    if part == "find":
        words = list(dict.fromkeys(request.GET.get("find", "").lower().split()))[:MOST_WORDS]
        return JsonResponse(saying(engine, wanted, words) if words else {})
    # Counted before it is loaded: what arrives between is loaded now and asked for again, never missed.
    tag = f'W/"{stored(engine, wanted)}"'
    if part == "live" and request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    found = load(engine, wanted)
    if found is None:
        return nothing(request, wanted, "unknown", 404)
    said = spans_named(engine, wanted, chosen) if _SPAN_ID.fullmatch(chosen) else []
    context = (
        _context(found, chosen) | {"said": trace_detail.said(said)} | {"link": request.build_absolute_uri(request.path)}
    )
    answer = render(request, "trace/_live.html" if part == "live" else "trace/page.html", context)
    answer.headers["ETag"] = tag
    return answer


@uncollected()
def _context(trace: Trace, chosen: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    index = next((index for index, span in enumerate(trace.spans) if span.span_id == chosen), None)
    say = Telling(trace, children_of(trace.parents))
    drawn = outline(say)
    ended_s = trace.start_ns / 1e9 + drawn["duration"] / 1e6
    drawn["arriving_s"] = max(0.0, min(ARRIVING_S, ended_s + ARRIVING_S - now.timestamp()))
    return {
        "trace": trace,
        **trace_head.head(say, drawn, now),
        "rows": trace_head.first_rows(trace, drawn),
        "spans": len(trace.spans),
        "late": sum(span.late for span in trace.spans),
        "views": VIEWS,
        "chosen": None if index is None else trace_detail.chosen(trace, drawn, index),
        "outline": script_json(drawn),
    }


def script_json(body: Any) -> SafeString:
    """JSON that cannot end the script element it stands in."""
    return mark_safe(orjson.dumps(body).decode().translate(_UNSAFE))  # noqa: S308  nothing in it can be markup
