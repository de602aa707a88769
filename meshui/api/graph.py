"""`GET /api/v1/graph` and `/services`: live from the last tick's snapshot, any other instant from the engine."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.api.ask import BadQuestion, asked_instant, asked_int, asked_window
from meshui.running import running
from telemetry.graph.select import select
from telemetry.graph.snapshot import Graph, build
from telemetry.health.judge import judge
from telemetry.health.thresholds import Thresholds
from telemetry.publish.body import graph_json, node_json
from telemetry.rollup import read
from telemetry.window import LIVE_WINDOWS, Window

_LIVE = {seconds: name for name, seconds in LIVE_WINDOWS.items()}


def asked_graph(request: HttpRequest, now: datetime) -> tuple[Graph, int | None]:
    """The judged graph a request asks for, and its `seq`: null for any instant but now."""
    at, seconds = asked_instant(request, "at", now), asked_window(request)
    if at is None and seconds in _LIVE:
        window = _LIVE[int(seconds)]
        graph, feed = running().fanout.graph(window), running().fanout.feed(window)
        if graph is not None and feed is not None and (window == "60s" or window in running().fanout.watched()):
            return graph, feed.seq
    return graph_at(at or now, seconds), None


def graph_at(at: datetime, window_s: float) -> Graph:
    """The graph of the window that ends at `at`, from the roll-ups."""
    observed = read.window(running().engine, Window.ending(at, window_s))
    return judge(build(observed, at), Thresholds())


@question
def graph(request: HttpRequest) -> HttpResponse:
    """The graph of DESIGN.md section 3."""
    grouping = request.GET.get("group_by", "service")
    if grouping != "service":
        raise BadQuestion("group_by", f"{grouping!r} is not offered by this version; expected service")
    found, seq = asked_graph(request, datetime.now(UTC))
    chosen = select(
        found,
        namespace=request.GET.get("namespace"),
        cluster=request.GET.get("cluster"),
        focus=request.GET.get("focus"),
        hops=asked_int(request, "hops", 1, 1, 16),
    )
    return ok(graph_json(chosen, seq))


@question
def services(request: HttpRequest) -> HttpResponse:
    """Every node of the window, worst first."""
    found, _ = asked_graph(request, datetime.now(UTC))
    worst_first = {"failing": 0, "degraded": 1, "unknown": 2, "healthy": 3, "idle": 4}
    nodes = sorted(found.nodes(), key=lambda node: (worst_first[node.health], node.id))
    return ok({"items": [node_json(node) for node in nodes], "next": None})
