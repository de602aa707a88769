"""Requests as they arrive at the gateway, and the spans of those that have ended by a given time."""

from heapq import heappop, heappush
from random import Random

from opentelemetry.sdk.trace import ReadableSpan

from meshui.demo.simulation import Simulation
from meshui.demo.timeline import Timeline
from meshui.demo.topology import Mesh

HISTORY_S = 60.0
HISTORY_SHARE = 0.25


class Stream:
    """Poisson arrivals at `rate` a second times the scenario's traffic; a quarter of `rate` in the minute before."""

    def __init__(self, mesh: Mesh, seed: int, origin_ns: int, rate: float, timeline: Timeline) -> None:
        self._rng = Random(seed)
        self._simulation = Simulation(mesh, self._rng, origin_ns, rate)
        self._rate, self._timeline = rate, timeline
        self._next = -HISTORY_S
        self._waiting: list[tuple[float, int, list[ReadableSpan]]] = []
        self._count = 0

    def until(self, at: float) -> list[ReadableSpan]:
        """Whole traces only, each once, in the order they end. `at` in seconds after the start; never goes back."""
        while self._next <= at:
            scenario = self._timeline(self._next)
            for part in self._simulation.request(self._next, scenario):
                self._count += 1
                heappush(self._waiting, (part.end, self._count, part.spans))
            share = HISTORY_SHARE if self._next < 0 else scenario.traffic
            self._next += self._rng.expovariate(self._rate * share)
        ended: list[ReadableSpan] = []
        while self._waiting and self._waiting[0][0] <= at:
            ended += heappop(self._waiting)[2]
        return ended
