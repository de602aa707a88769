"""The demo's clock: half a second at a time, what has ended since goes out; a minute of history first."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from meshui.demo.mesh import SHOP
from meshui.demo.scenarios import SCENARIOS
from meshui.demo.sending import Outbox, exporters
from meshui.demo.simulation import DEFAULT_RATE
from meshui.demo.stream import HISTORY_S, Stream
from meshui.demo.timeline import cycle, only

BEAT_S = 0.5
SAMPLE = 0.1
ANNOUNCE_S = 10.0
_HISTORY_STEP_S = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """As the command line says. `scenario` empty: the cycle through all. `duration_s` None: until stopped.

    `mesh`: `sdk` or `envoy`. `sample`: share of traces whose spans are sent (of the SDK mesh; its metrics count all).
    `count`: a file that takes every call as its caller counted it (Envoys only)."""

    endpoint: str = "http://127.0.0.1:4317"
    rate: float = DEFAULT_RATE
    scenario: str = ""
    duration_s: float | None = None
    seed: int = 1
    token: str = ""
    mesh: str = "sdk"
    sample: float = SAMPLE
    count: Path | None = None

    def sending(self, endpoint: str, token: str) -> "Options":
        """The same, sent elsewhere."""
        return replace(self, endpoint=endpoint, token=token)


def run(options: Options, stop: Event, say: Callable[[str], None]) -> int:
    """Send until `stop` is set or the duration is over; answers how many spans were taken."""
    timeline = only(SCENARIOS[options.scenario]) if options.scenario else cycle
    origin_ns = time.time_ns()
    stream = Stream(SHOP, options.seed, origin_ns, options.rate, timeline, sample=options.sample)
    outbox = Outbox(*exporters(options.endpoint, options.token), options.endpoint, say)
    say(
        f"{len(SHOP.services)} services, {options.rate:g} requests/s, {options.sample:.3g} of them traced, "
        f"to {options.endpoint}; Ctrl-C ends it."
    )
    step, running, announced, tried = -HISTORY_S, "", 0.0, 0.0
    while not stop.is_set():
        now_ns = time.time_ns()
        at = (now_ns - origin_ns) / 1e9
        if options.duration_s is not None and at >= options.duration_s:
            break
        step = step + _HISTORY_STEP_S if step < 0 else at
        outbox.add(stream.until(step))
        outbox.add_scraped(stream.scraped())
        if at - tried >= outbox.wait_s:
            tried, scenario = at, timeline(at)
            if scenario.name != running:
                say(f"Scenario {scenario.name}: {scenario.sentence}")
                running, announced = scenario.name, -ANNOUNCE_S
            if at - announced < ANNOUNCE_S:
                outbox.send()
            elif outbox.announce(scenario, now_ns):
                announced = at
                outbox.send()
        if step >= 0:
            stop.wait(BEAT_S)
    if not outbox.wait_s:
        outbox.add(stream.until((time.time_ns() - origin_ns) / 1e9))
        outbox.add_scraped(stream.scraped(every=True))
        outbox.send()
    outbox.close()
    return outbox.sent
