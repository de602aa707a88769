"""Now: what is failing, in words; where to start; services, worst first; the state of the receivers."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meshui.pages import empty
from meshui.running import running
from meshui.status import status
from telemetry.graph.element import Health, Node
from telemetry.graph.snapshot import Graph
from telemetry.health.summary import summarise

WINDOW = "60s"
FEW = 8
SILENT = ("database", "cache", "queue", "external", "unknown")
"""Kinds that send no spans: known only by the calls they get."""
ORDER = (Health.FAILING, Health.DEGRADED, Health.UNKNOWN, Health.HEALTHY, Health.IDLE)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The whole page, or with `?part=live` the parts of it that are words and so are made here only."""
    now = datetime.now(UTC)
    graph, state = running().fanout.graph(WINDOW), status(now)
    if graph is None or empty.waiting(graph, state):
        return empty.page(request, state)
    summary = summarise(graph)
    context = {
        "summary": summary,
        "counts": [{"health": health, "number": summary.counts[health]} for health in ORDER if summary.counts[health]],
        "graph": graph,
        "status": state,
        "window": WINDOW,
        "silent": SILENT,
        **table(graph, whole=request.GET.get("services") == "all"),
    }
    return render(request, "now/_live.html" if request.GET.get("part") == "live" else "now/page.html", context)


def table(graph: Graph, *, whole: bool) -> dict[str, Any]:
    """Services worst first; the first few, or all."""
    services = sorted((node for node in graph.nodes() if node.kind != "unknown"), key=_worst_first)
    return {
        "services": services if whole else services[:FEW],
        "total": len(services),
        "namespaces": len({(node.service.cluster, node.service.namespace) for node in services}),
        "few": FEW,
        "whole": whole,
    }


def _worst_first(node: Node) -> tuple[int, float, str]:
    """The unwell by error ratio, as in the sentence; the others by name, so that rows do not jump as traffic does."""
    unwell = node.health in (Health.FAILING, Health.DEGRADED)
    return ORDER.index(node.health), -(node.signals.error_ratio or 0.0) if unwell else 0.0, node.id
