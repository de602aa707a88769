"""The demo's clock: half a second at a time, what has ended since goes out; a minute of history first."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from meshui.demo.mesh import SHOP
from meshui.demo.scenarios import SCENARIOS
from meshui.demo.sending import Outbox, exporters
from meshui.demo.simulation import DEFAULT_RATE
from meshui.demo.stream import HISTORY_S, Stream
from meshui.demo.timeline import cycle, only

BEAT_S = 0.5
ANNOUNCE_S = 10.0
_HISTORY_STEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Options:
    """As the command line says. `scenario` empty: the cycle through all. `duration_s` None: until stopped."""

    endpoint: str = "http://127.0.0.1:4317"
    rate: float = DEFAULT_RATE
    scenario: str = ""
    duration_s: float | None = None
    seed: int = 1
    token: str = ""


def run(options: Options, stop: Event, say: Callable[[str], None]) -> int:
    """Send until `stop` is set or the duration is over; answers how many spans were taken."""
    timeline = only(SCENARIOS[options.scenario]) if options.scenario else cycle
    origin_ns = time.time_ns()
    stream = Stream(SHOP, options.seed, origin_ns, options.rate, timeline)
    outbox = Outbox(*exporters(options.endpoint, options.token), options.endpoint, say)
    say(f"{len(SHOP.services)} services, {options.rate:g} requests/s to {options.endpoint}; Ctrl-C ends it.")
    step = -HISTORY_S
    while step < 0 and not stop.is_set():
        step += _HISTORY_STEP_S
        outbox.add(stream.until(step))
        if not outbox.wait_s:
            outbox.send()
    running, announced, tried = "", -ANNOUNCE_S, 0.0
    while not stop.is_set():
        now_ns = time.time_ns()
        at = (now_ns - origin_ns) / 1e9
        if options.duration_s is not None and at >= options.duration_s:
            break
        scenario = timeline(at)
        outbox.add(stream.until(at))
        if at - tried >= outbox.wait_s:
            tried = at
            if scenario.name != running:
                say(f"Scenario {scenario.name}: {scenario.sentence}")
            if scenario.name != running or at - announced >= ANNOUNCE_S:
                outbox.announce(scenario, now_ns)
                running, announced = scenario.name, at
            outbox.send()
        stop.wait(BEAT_S)
    outbox.add(stream.until((time.time_ns() - origin_ns) / 1e9))
    if not outbox.wait_s:
        outbox.send()
    outbox.close()
    return outbox.sent
