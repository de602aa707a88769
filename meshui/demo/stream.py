"""Requests as they arrive at the gateway; by any time the spans of those that have ended, and what proxies counted."""

from heapq import heappop, heappush
from random import Random

from opentelemetry.sdk.metrics.export import ResourceMetrics
from opentelemetry.sdk.trace import ReadableSpan

from meshui.demo.exchange import Exchange, Traffic
from meshui.demo.istio_metrics import Proxies
from meshui.demo.sampling import head
from meshui.demo.simulation import Simulation
from meshui.demo.timeline import Timeline
from meshui.demo.topology import Mesh

HISTORY_S = 60.0
HISTORY_SHARE = 0.25


class Stream:
    """Poisson arrivals at `rate` a second times the scenario's traffic; a quarter of `rate` in the minute before.

    `sample`: the share of traces whose spans are made. It changes nothing else."""

    def __init__(
        self, mesh: Mesh, seed: int, origin_ns: int, rate: float, timeline: Timeline, *, sample: float = 1.0
    ) -> None:
        self._rng = Random(seed)
        self._simulation = Simulation(mesh, self._rng, origin_ns, rate, head(sample))
        self._proxies = Proxies(self._simulation.pods, origin_ns, -HISTORY_S)
        self._rate, self._timeline = rate, timeline
        self._next = -HISTORY_S
        self._ended = -HISTORY_S
        self._waiting: list[tuple[float, int, list[ReadableSpan]]] = []
        self._uncounted: list[tuple[float, int, Exchange | Traffic]] = []
        self._count = 0

    def until(self, at: float) -> list[ReadableSpan]:
        """Whole traces only, each once, in the order they end. `at` in seconds after the start; never goes back."""
        while self._next <= at:
            scenario = self._timeline(self._next)
            made = self._simulation.request(self._next, scenario)
            for part in made.parts:
                self._count += 1
                heappush(self._waiting, (part.end, self._count, part.spans))
            for seen in made.counted:
                self._count += 1
                heappush(self._uncounted, (seen.ended, self._count, seen))
            share = HISTORY_SHARE if self._next < 0 else scenario.traffic
            self._next += self._rng.expovariate(self._rate * share)
        while self._uncounted and self._uncounted[0][0] <= at:
            self._proxies.count(heappop(self._uncounted)[2])
        self._ended = at
        ended: list[ReadableSpan] = []
        while self._waiting and self._waiting[0][0] <= at:
            ended += heappop(self._waiting)[2]
        return ended

    def scraped(self, *, every: bool = False) -> list[ResourceMetrics]:
        """What the proxies whose turn it is (`every`: all of them) had counted when `until` last went to."""
        return self._proxies.scrape_all(self._ended) if every else self._proxies.scrape(self._ended)
