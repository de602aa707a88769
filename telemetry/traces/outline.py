"""A trace as a page draws it: columns of numbers, without what only a chosen span shows. Pure.

100,000 spans are 8 MB this way; attributes, events, links and logs of a span are asked for when it is chosen."""

from collections.abc import Iterable, Sequence
from typing import Any

from telemetry.outcome import Outcome
from telemetry.publish.flags import flag_notes
from telemetry.span import Span, Trace
from telemetry.traces.body import time_text
from telemetry.traces.critical_path import critical_path
from telemetry.traces.fold import folded_into
from telemetry.traces.origin import judge, origin
from telemetry.traces.slowest import slowest
from telemetry.traces.telling import Telling

NOBODY = -1
_LEAVES = frozenset({"out", "send", "relay"})
FAILED, CRITICAL, PROXY, LATE, LOST = 1, 2, 4, 8, 16
"""Bits of `marks`. LOST: its parent has not arrived."""


class _Words:
    """Each text once; its number."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))


def outline(say: Telling) -> dict[str, Any]:
    """What the script of the trace page reads; times in µs from the trace's start, `NOBODY` where there is none.

    `columns` are by span, in order of start: `id`; `parent` and `folded` (places); `service`, `operation`, `version`,
    `role` and `word` (how it ended: places in the lists of these names); `start`, `duration`, `own`, `skew`; `marks`
    (bits: failed 1, critical 2, proxy 4, late 8, parent lost 16). `path` is flat: place, from, to, 1 for waiting."""
    trace = say.trace
    path = critical_path(trace)
    critical = {part.index for part in path if not part.waiting}
    began, most = origin(trace), slowest(trace, path)
    spans, zero = trace.spans, trace.start_ns
    services, operations, versions, roles, words = _Words(), _Words(), _Words(), _Words(), _Words()
    columns = {
        "id": [span.span_id for span in spans],
        "parent": _places(trace.parents),
        "folded": _places(folded_into(trace)),
        "service": [services(span.node) for span in spans],
        "operation": [operations(span.operation) for span in spans],
        "version": [versions(span.version) for span in spans],
        "role": [roles(span.role) for span in spans],
        "word": [words(ended(say, index)) for index in range(len(spans))],
        "start": [(start - zero) // 1000 for start in trace.starts_ns],
        "duration": [span.duration_ns // 1000 for span in spans],
        "own": [own // 1000 for own in trace.self_ns],
        "skew": [(at - span.start_ns) // 1000 for at, span in zip(trace.starts_ns, spans, strict=True)],
        "marks": [_marks(trace, index, index in critical) for index in range(len(spans))],
    }
    return {
        "trace_id": trace.trace_id,
        "start": time_text(zero),
        "duration": trace.duration_ns // 1000,
        "root": trace.root,
        "origin": NOBODY if began is None else began.index,
        "origin_text": "" if began is None else began.text,
        "slowest": NOBODY if most is None else most.index,
        "slowest_text": "" if most is None else most.text,
        "services": list(services.places),
        "operations": list(operations.places),
        "versions": list(versions.places),
        "roles": list(roles.places),
        "words": list(words.places),
        "flags": flag_notes(flag for span in spans for flag in span.flags),
        "columns": columns,
        "unanswered": [{"span": index, "target": target} for index, target in unanswered(say)],
        "path": [
            number
            for part in path
            for number in (part.index, part.from_ns // 1000, part.to_ns // 1000, int(part.waiting))
        ],
    }


def unanswered(say: Telling) -> list[tuple[int, str]]:
    """Calls of which no span on the other side is here, with who was called: stores, queues, and whoever was never
    reached. Of a call and the proxies that carried it the last."""
    spans, children = say.trace.spans, say.children
    return [
        (index, say.called(index))
        for index, span in enumerate(spans)
        if span.peer and span.role in _LEAVES and not any(_goes_on(spans[child]) for child in children[index])
    ]


def _goes_on(child: Span) -> bool:
    return child.role != "local"


def _places(of: Sequence[int | None] | Iterable[int | None]) -> list[int]:
    return [NOBODY if place is None else place for place in of]


def ended(say: Telling, index: int) -> str:
    """How a span that did not end well ended, short: `503 UH`; with flags also where it did. Empty for the others."""
    span = say.trace.spans[index]
    if not span.flags and judge(span) in (None, Outcome.OK):
        return ""
    return " ".join(filter(None, (say.ended(index), *span.flags))) or ("error" if failed(span) else "")


def failed(span: Span) -> bool:
    """By its own words it ended in a server's fault: what a client got wrong is none."""
    return judge(span) is Outcome.ERROR


def _marks(trace: Trace, index: int, critical: bool) -> int:
    span = trace.spans[index]
    lost = span.parent_id is not None and trace.parents[index] is None
    return FAILED * failed(span) | CRITICAL * critical | PROXY * span.proxy | LATE * span.late | LOST * lost
