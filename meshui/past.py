"""The graph of any instant, from the roll-ups: what the API answers for `at` and the graph page shows."""

from datetime import datetime

from django.conf import settings

from meshui.running import running
from telemetry.graph.bounded import bounded
from telemetry.graph.snapshot import Graph, build
from telemetry.health.judge import judge
from telemetry.health.thresholds import Thresholds
from telemetry.rollup import read
from telemetry.window import Window


def graph_at(at: datetime, window_s: float) -> Graph:
    """The judged graph of the window that ends at `at`. Raises EngineError if the engine cannot answer."""
    observed = read.window(running().engine, Window.ending(at, window_s))
    return judge(build(bounded(observed, settings.CONFIG.max_services), at), Thresholds())
