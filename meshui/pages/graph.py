"""The graph page: the frame of the picture, and all of it as a table, which is what shows without a script."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meshui.pages import empty
from meshui.past import graph_at
from meshui.running import running
from meshui.status import status
from telemetry.engine.engine import EngineError
from telemetry.graph.element import Edge, Health, Node
from telemetry.graph.snapshot import Graph
from telemetry.outcome import Flag
from telemetry.publish.flags import KNOWN
from telemetry.window import parse_duration

WINDOW = "60s"
EARLIEST = 2000
WORST_FIRST = (Health.FAILING, Health.DEGRADED, Health.UNKNOWN, Health.IDLE, Health.HEALTHY)
LEGEND = (Health.HEALTHY, Health.DEGRADED, Health.FAILING, Health.IDLE, Health.UNKNOWN)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The query is for the script: find, hide, problems, view, node, edge, focus, hops, open, sort."""
    now = datetime.now(UTC)
    at = _asked(request)
    if at is not None and at < now:
        return _past(request, at)
    graph, state = running().fanout.graph(WINDOW), status(now)
    if graph is None or empty.waiting(graph, state):
        return empty.page(request, state)
    return render(request, "graph/page.html", context(graph, request))


def _asked(request: HttpRequest) -> datetime | None:
    """`at` in RFC 3339; what cannot be read is now, as is what has no zone."""
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
        return at.astimezone(UTC) if at.tzinfo is not None and at.year >= EARLIEST else None
    except (ValueError, OverflowError):
        return None


def _past(request: HttpRequest, at: datetime) -> HttpResponse:
    """The graph as it was then: it stands still."""
    try:
        graph = graph_at(at, parse_duration(WINDOW))
    except EngineError as error:
        return render(request, "error.html", {"title": "The engine could not answer.", "path": str(error)}, status=503)
    return render(request, "graph/page.html", context(graph, request) | {"at": at})


def context(graph: Graph, request: HttpRequest) -> dict[str, Any]:
    """What the template shows of a judged graph."""
    asked = request.GET
    return {
        "window": WINDOW,
        "nodes": sorted(graph.nodes(), key=_worst_first),
        "edges": sorted(graph.edges(), key=_worst_first),
        "healths": LEGEND,
        "view": "table" if asked.get("view") == "table" else "graph",
        "selected": bool(asked.get("node") or asked.get("edge")),
        "flags": {code: _words(flag) for code, flag in KNOWN.items()},
        "debug": asked.get("debug") == "1",
    }


def _words(flag: Flag) -> dict[str, str]:
    """What happened, as a title; then whose side it is and where to look."""
    return {"name": flag.happened, "text": f"{flag.fault[:1].upper()}{flag.fault[1:]}. Look at {flag.look}."}


def _worst_first(element: Node | Edge) -> tuple[int, str]:
    return WORST_FIRST.index(element.health), element.id
