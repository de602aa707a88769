"""The page of traces: what is looked for, all matches by time and duration, what is different about some of them, and
the list. The list is there without a script; what is asked of all matches are parts that the script asks for when the
page is there: `?part=map`, `?part=different`. `?part=list` is the next rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meshui.asked.instants import BadQuestion
from meshui.asked.traces import asked_brush, asked_by, asked_order, asked_place, asked_traces, question_text
from meshui.pages import empty, traces_query
from meshui.pages.traces_different import different, is_word, narrowed
from meshui.pages.traces_list import lines
from meshui.pages.traces_map import drawn
from meshui.running import running
from meshui.status import status
from telemetry.engine.engine import Engine, EngineError
from telemetry.expression.tree import Name
from telemetry.trace_id import trace_id_in
from telemetry.traces.aggregate import aggregates
from telemetry.traces.asking import Asked, question, snapshot
from telemetry.traces.by import OWN, grouped
from telemetry.traces.cursor import cursor_text
from telemetry.traces.heatmap import heatmap
from telemetry.traces.search import Page, search

A_PAGE = 50
WINDOW = "60s"
ORDERS = (("newest", "newest"), ("slowest", "slowest"), ("errors", "most errors"))
SPANS_OF_TIME = (("now-15m", "15 min"), ("now-1h", "1 h"), ("now-6h", "6 h"), ("now-1d", "1 d"))
KEPT = timedelta(days=2)
"""How far back the newest trace is looked for where there is none in the time asked about."""


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The matches; 400 with what is wrong with the question, 503 while the engine cannot answer."""
    wanted = trace_id_in(request.GET.get("q", ""))
    if wanted is not None:
        return HttpResponseRedirect(f"/traces/{wanted}/")
    now = datetime.now(UTC)
    here = running()
    graph, state = here.fanout.graph(WINDOW), status(now)
    if empty.waiting(graph, state):
        return empty.page(request, state)
    name = request.GET.get("part", "")
    template, read = PARTS.get(name, ("traces/page.html", _list))
    context = _frame(request)
    try:
        context |= read(request, here.engine, now)
    except BadQuestion as error:
        return render(request, template, context | {"wrong": _wrong(request, error)}, status=400)
    except EngineError as error:
        return render(request, template, context | {"away": str(error)}, status=503)
    return render(request, template, context)


def _frame(request: HttpRequest) -> dict[str, Any]:
    """The form and its choices: services and calls of the last minute."""
    asked = traces_query.Asked(request)
    graph = running().fanout.graph(WINDOW)
    return {
        "asked": asked,
        "fields": asked.fields,
        "orders": [(name, word, asked.to(order=name)) for name, word in ORDERS],
        "times": [(text, word, asked.unbrushed(since=text, until=None)) for text, word in SPANS_OF_TIME],
        "services": [] if graph is None else sorted(node.id for node in graph.nodes() if node.kind != "unknown"),
        "edges": [] if graph is None else sorted(edge.id for edge in graph.edges()),
        "here": request.get_full_path(),
    }


def _list(request: HttpRequest, engine: Engine, now: datetime) -> dict[str, Any]:
    asked, order = asked_traces(request, now), asked_order(request)
    listed = asked_brush(request, asked, now) or asked
    about = question_text(order, listed)
    found = search(engine, listed, order=order, limit=A_PAGE, after=asked_place(request, about))
    after = None if found.next is None else cursor_text(found.next, about)
    return {
        "lines": lines(engine, found.items),
        "more": None if after is None else traces_query.Asked(request).to(cursor=after),
        "searched": _searched(found),
        "newest": None if found.items or after else _newest(engine, now),
        "fields_by": OWN,
        "unby": traces_query.Asked(request).to(by=None),
        "parts": {name: traces_query.Asked(request).to(part=name) for name in PARTS},
    }


def _map(request: HttpRequest, engine: Engine, now: datetime) -> dict[str, Any]:
    asked = asked_traces(request, now)
    asking = question(engine, asked, snapshot(engine))
    shown = traces_query.Asked(request)
    return {
        "numbers": aggregates(asking),
        "seconds": (asked.until_ns - asked.since_ns) / 1e9,
        "map": drawn(heatmap(asking), shown, asked_brush(request, asked, now)),
    }


def _different(request: HttpRequest, engine: Engine, now: datetime) -> dict[str, Any]:
    return different(engine, request, traces_query.Asked(request), now)


def _by(request: HttpRequest, engine: Engine, now: datetime) -> dict[str, Any]:
    field, asked = asked_by(request), asked_traces(request, now)
    listed = asked_brush(request, asked, now) or asked
    found = grouped(question(engine, listed, snapshot(engine)), field)
    shown, seconds = traces_query.Asked(request), (listed.until_ns - listed.since_ns) / 1e9
    name = field if is_word(field.text) else Name(field.text, quoted=True)
    return {
        "by": field.text,
        "grouped": found,
        "groups": [
            {
                "value": each.value,
                "numbers": each.numbers,
                "per_s": each.numbers.traces / seconds,
                "href": shown.to(q=narrowed(shown.get("q"), name, each.value), by=None),
            }
            for each in found.groups
        ],
    }


def _searched(found: Page) -> datetime | None:
    """How far back the search came, None if it was done."""
    if found.searched_since_ns <= found.question.since_ns or len(found.items) == A_PAGE:
        return None
    return datetime.fromtimestamp(found.searched_since_ns / 1e9, UTC)


def _newest(engine: Engine, now: datetime) -> datetime | None:
    """When the newest trace of any kind began."""
    until = int(now.timestamp()) * 1_000_000_000
    asked = Asked(None, until - int(KEPT.total_seconds()) * 1_000_000_000, until)
    try:
        found = search(engine, asked, limit=1, budget_s=1.0).items
    except EngineError:
        return None
    return datetime.fromtimestamp(found[0].start_ns / 1e9, UTC) if found else None


def _wrong(request: HttpRequest, error: BadQuestion) -> dict[str, Any]:
    """What is wrong, and in an expression where."""
    text, at = request.GET.get("q", ""), error.more.get("position")
    if not isinstance(at, int):
        return {"field": error.field, "text": error.message}
    return {"field": error.field, "text": error.message, "before": text[:at], "after": text[at:] or " "}


PARTS = {
    "list": ("traces/_list.html", _list),
    "map": ("traces/_map.html", _map),
    "by": ("traces/_by.html", _by),
    "different": ("traces/_different.html", _different),
}
"""Parts that are asked for alone, each with its template and what reads it."""
