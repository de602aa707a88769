"""The graph page: the frame of the picture, and all of it as a table, which is what shows without a script."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meshui.pages import empty
from meshui.running import running
from meshui.status import status
from telemetry.graph.element import Edge, Health, Node
from telemetry.graph.snapshot import Graph
from telemetry.outcome import Flag
from telemetry.publish.flags import KNOWN

WINDOW = "60s"
WORST_FIRST = (Health.FAILING, Health.DEGRADED, Health.UNKNOWN, Health.IDLE, Health.HEALTHY)
LEGEND = (Health.HEALTHY, Health.DEGRADED, Health.FAILING, Health.IDLE, Health.UNKNOWN)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The query is for the script: find, hide, problems, view, node, edge, focus, hops, open, sort."""
    now = datetime.now(UTC)
    graph, state = running().fanout.graph(WINDOW), status(now)
    if graph is None or empty.waiting(graph, state):
        return empty.page(request, state)
    return render(request, "graph/page.html", context(graph, request))


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
