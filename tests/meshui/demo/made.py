"""What the demo makes of a scenario, counted from its spans as any reader would."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import ReadableSpan

from meshui.demo.mesh import SHOP
from meshui.demo.scenarios import SCENARIOS
from meshui.demo.stream import Stream
from meshui.demo.timeline import only

ORIGIN_NS = 1_795_000_000_000_000_000


def spans(scenario: str, *, seconds: float = 30, seed: int = 7, rate: float = 40.0) -> list[ReadableSpan]:
    """What ends in the first `seconds`; the history before it is left out."""
    stream = Stream(SHOP, seed, ORIGIN_NS, rate, only(SCENARIOS[scenario]))
    stream.until(0)
    return stream.until(seconds)


@dataclass
class Calls:
    """Of one call as the caller's sidecar saw it."""

    count: int = 0
    failed: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    clusters: Counter[str] = field(default_factory=Counter)
    ms: list[float] = field(default_factory=list)
    mutual: int = 0

    @property
    def failed_ratio(self) -> float:
        return self.failed / self.count

    def quantile(self, q: float) -> float:
        return sorted(self.ms)[int(q * (len(self.ms) - 1))]


def egress(made: list[ReadableSpan]) -> dict[tuple[str, str], Calls]:
    """By (caller, host as the caller names it)."""
    calls: dict[tuple[str, str], Calls] = defaultdict(Calls)
    for span in made:
        if not span.name.startswith("egress "):
            continue
        attributes = dict(span.attributes or {})
        each = calls[str(span.resource.attributes["service.name"]), span.name.removeprefix("egress ")]
        each.count += 1
        each.failed += attributes.get("error") == "true"
        each.flags[str(attributes["response_flags"])] += 1
        each.clusters[str(attributes["upstream_cluster"])] += 1
        each.ms.append(((span.end_time or 0) - (span.start_time or 0)) / 1e6)
        each.mutual += "upstream_peer_uri_san" in attributes
    return calls


def proxies(made: list[ReadableSpan]) -> Iterator[ReadableSpan]:
    return (span for span in made if span.resource.attributes["telemetry.sdk.name"] == "envoy")
