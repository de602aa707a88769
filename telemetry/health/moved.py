"""Whether an element is not what it was, beyond what its counts allow (api.md, two graphs compared)."""

from telemetry.graph.element import Edge, Node
from telemetry.health.wilson import wilson
from telemetry.signals import Counts

_LATENCIES = ("p50_ms", "p90_ms", "p95_ms", "p99_ms")
# A bin of the histogram is 9 % wide, so a quarter is always the larger of the two that api.md names.
_LATENCY = 1.25
_TRAFFIC = 2.0


def moved(before: Node | Edge, after: Node | Edge) -> bool:
    """Another health, a ratio whose intervals no longer meet, a quarter in latency, or a factor of two in traffic."""
    return (
        before.health is not after.health
        or _by_factor(before.signals.rps, after.signals.rps, _TRAFFIC)
        or any(_by_factor(getattr(before.signals, name), getattr(after.signals, name), _LATENCY) for name in _LATENCIES)
        or any(_apart(old, new) for old, new in zip(_shares(before.counts), _shares(after.counts), strict=True))
    )


def _by_factor(old: float | None, new: float | None, factor: float) -> bool:
    """From something to nothing is any factor; what is unknown on one side has not moved."""
    if old is None or new is None:
        return False
    return max(old, new) > 0 and max(old, new) >= factor * min(old, new)


def _shares(counts: Counts) -> tuple[tuple[float, float], ...]:
    """Every ratio as (part, whole); a whole of 0 says nothing and meets everything."""
    return (
        (counts.failures, counts.judged),
        (counts.client_errors, counts.judged),
        (counts.denied, counts.judged),
        (counts.mutual_tls or 0.0, counts.reached or 0.0),
    )


def _apart(old: tuple[float, float], new: tuple[float, float]) -> bool:
    before, after = wilson(*old), wilson(*new)
    return before.high < after.low or after.high < before.low
