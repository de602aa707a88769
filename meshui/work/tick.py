"""The tick: the diagram of DESIGN.md section 2 below the engine, once a beat, for every window somebody looks at."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meshui.live.fanout import ALWAYS, Fanout
from meshui.own_telemetry import tracer
from telemetry.engine.engine import Engine
from telemetry.graph.bounded import MOST, bounded
from telemetry.graph.snapshot import build
from telemetry.health.judge import judge
from telemetry.health.thresholds import Thresholds
from telemetry.publish.feed import advance
from telemetry.rollup import read
from telemetry.rollup.bounds import MOST_NAMES
from telemetry.rollup.refresh import Refreshed, refresh
from telemetry.window import LIVE_WINDOWS, Window

BUDGET_S = 2.0
SELDOM_S = 5.0
# Metrics come every 5 to 60 s, and computing them costs ten statements whatever they say.
SAID_RESTS = 6.0
# A window moves on by itself, and what nobody added to need not be read again each second.
QUIET_PUSH = timedelta(seconds=4)


@dataclass
class Ticker:
    """What a tick needs and what it says of itself for /status. `first_seq`: the process's start in Unix ms."""

    engine: Engine
    fanout: Fanout
    first_seq: int
    lateness_s: float
    max_services: int = MOST
    max_operations: int = MOST_NAMES
    last_at: datetime | None = None
    refreshed: Refreshed | None = None
    took_ms: int | None = None
    crowded_since: datetime | None = None
    """Since when there are more services than `max_services`."""
    _pushed: dict[str, datetime] = field(default_factory=dict)

    def tick(self, now: datetime) -> None:
        """Bring signals up to date, then every watched window's graph, and push what changed."""
        began = time.perf_counter()
        with tracer.start_as_current_span("tick"):
            with tracer.start_as_current_span("refresh"):
                self.refreshed = refresh(
                    self.engine,
                    now,
                    BUDGET_S,
                    lateness_s=self.lateness_s,
                    seldom_s=SELDOM_S,
                    rest=SAID_RESTS,
                    names=self.max_operations,
                )
            for name in sorted({ALWAYS} | self.fanout.watched()):
                if not self._is_quiet(name, now):
                    self._push(name, now)
        self.last_at = now
        self.took_ms = round((time.perf_counter() - began) * 1000)

    def _is_quiet(self, name: str, now: datetime) -> bool:
        """Whether nothing was computed since a window was pushed a moment ago."""
        at = self._pushed.get(name)
        if at is None or self.fanout.current(name) is None or (self.refreshed and self.refreshed.buckets):
            return False
        return at <= now < at + QUIET_PUSH

    def _push(self, name: str, now: datetime) -> None:
        with tracer.start_as_current_span("window"):
            observed = read.window(self.engine, Window.ending(now, LIVE_WINDOWS[name]))
        with tracer.start_as_current_span("judge"):
            graph = judge(build(bounded(observed, self.max_services), now), Thresholds())
        with tracer.start_as_current_span("publish"):
            self.fanout.send(name, advance(self.fanout.feed(name), graph, self.first_seq))
        if name == ALWAYS:
            crowded = len(observed.nodes) > self.max_services
            self.crowded_since = (self.crowded_since or now) if crowded else None
        self._pushed[name] = now
