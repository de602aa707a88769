"""Where a trace's time went: the span, or the many alike, with most of the critical path, and a sentence. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.health.words import counted, milliseconds
from telemetry.span import Trace
from telemetry.traces.critical_path import Part
from telemetry.traces.telling import Telling, happened
from telemetry.traces.tree import children_of


@dataclass(frozen=True, slots=True)
class Slowest:
    """The index of the longest of the spans meant, what they took of the critical path together, and the sentence."""

    index: int
    ns: int
    text: str


def slowest(trace: Trace, path: Sequence[Part]) -> Slowest | None:
    """None for a trace that took no time. Spans of one service that do the same count together."""
    if not path:
        return None
    spans = trace.spans
    alike: dict[tuple[str, str, bool, str, bool], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for part in path:
        span = spans[part.index]
        alike[span.node, span.role, span.proxy, span.operation, part.waiting][part.index] += part.ns
    (*_, waiting), most = max(alike.items(), key=lambda group: sum(group[1].values()))
    longest, ns = max(most, key=most.__getitem__), sum(most.values())
    share = f"{milliseconds(ns / 1e6)} of {milliseconds(trace.duration_ns / 1e6)} were spent"
    say = Telling(trace, children_of(trace.parents))
    return Slowest(longest, ns, f"{share} {_where(say, longest, len(most), waiting=waiting)}")


def _where(say: Telling, index: int, spans: int, *, waiting: bool) -> str:
    span = say.trace.spans[index]
    out = span.role in ("out", "relay", "send")
    several = f", over {counted(spans, 'call' if out else 'span')} of {say.asked(index)}" if spans > 1 else ""
    if waiting:
        return f"waiting for {span.node} to begin {say.asked(index)}"
    if "DI" in span.flags:
        return f"in {span.node}'s own proxy: {happened('DI')}{several}"
    if not out:
        own = "'s own proxy" if span.proxy and not span.gateway else " itself"
        return f"in {span.node}{own}{several}"
    answering = say.answering(index)
    if answering is None:
        return f"in {span.node} waiting for {say.called(index)}{several}"
    return f"between {span.node} and {say.trace.spans[answering].node}: in the network, proxies or queues{several}"
