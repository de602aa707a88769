"""`GET /api/v1/graph` and `/services`: live from the last tick's snapshot, any other instant from the engine."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question, serialised
from meshui.asked.instants import BadQuestion, asked_instant, asked_int, asked_window
from meshui.past import graph_at
from meshui.running import running
from telemetry.graph.select import select
from telemetry.graph.snapshot import Graph
from telemetry.publish.body import graph_json, node_json
from telemetry.publish.feed import Feed
from telemetry.window import LIVE_WINDOWS

_LIVE = {float(seconds): name for name, seconds in LIVE_WINDOWS.items()}


def asked_graph(request: HttpRequest, now: datetime) -> tuple[Graph, int | None]:
    """The judged graph a request asks for, and its `seq`: null for any instant but now."""
    feed = live_feed(request, now)
    if feed is not None:
        return feed.graph, feed.seq
    return graph_at(asked_instant(request, "at", now) or now, asked_window(request)), None


def live_feed(request: HttpRequest, now: datetime) -> Feed | None:
    """The feed of the window a request asks for, if it asks for now and the tick keeps that window."""
    at, seconds = asked_instant(request, "at", now), asked_window(request)
    window = _LIVE.get(seconds) if at is None else None
    return None if window is None else running().fanout.current(window)


@question
def graph(request: HttpRequest) -> HttpResponse:
    """The graph of DESIGN.md section 3."""
    grouping = request.GET.get("group_by", "service")
    if grouping != "service":
        raise BadQuestion("group_by", f"{grouping!r} is not offered by this version; expected service")
    now = datetime.now(UTC)
    hops = asked_int(request, "hops", 1, 1, 16)
    namespace, cluster, focus = (request.GET.get(name) for name in ("namespace", "cluster", "focus"))
    if namespace is None and cluster is None and focus is None and (feed := live_feed(request, now)) is not None:
        return serialised(feed.answer)
    found, seq = asked_graph(request, now)
    try:
        chosen = select(found, namespace=namespace, cluster=cluster, focus=focus, hops=hops)
    except LookupError as error:
        raise BadQuestion("focus", str(error)) from error
    return ok(graph_json(chosen, seq))


@question
def services(request: HttpRequest) -> HttpResponse:
    """Every node of the window, worst first."""
    found, _ = asked_graph(request, datetime.now(UTC))
    worst_first = {"failing": 0, "degraded": 1, "unknown": 2, "healthy": 3, "idle": 4}
    nodes = sorted(found.nodes(), key=lambda node: (worst_first[node.health], node.id))
    return ok({"items": [node_json(node) for node in nodes], "next": None})
