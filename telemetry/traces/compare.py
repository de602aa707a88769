"""One trace beside another, or beside many that are usual: what took longer, what is missing, what is new. Pure.

Proxies are folded first. Below two places that stand for each other, the first call of one operation of a service
stands for the first of the other, the second for the second; the two roots do whatever they are. Of many traces a place
is usual if half of them have it, and its numbers are medians of those that do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

from telemetry.outcome import Outcome
from telemetry.span import Trace
from telemetry.traces.fold import folded_into
from telemetry.traces.origin import judge
from telemetry.traces.tree import children_of

_Key = tuple[int, str, str, str, int]
"""The place above, service, operation, side, and how many of that went before."""

_NOWHERE = -1
_ROOT = "root"


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands at a place. Of several traces: medians, and `index` is None.

    Offsets in ns from the root's start; `self_ns` with the proxies folded into the span; `share` of the traces that
    have it, `failed` share of these."""

    index: int | None
    from_ns: int
    duration_ns: int
    self_ns: int
    share: float
    failed: float


@dataclass(frozen=True, slots=True)
class Row:
    """A place with what each side has there. `parent` is the place of another row, None at the top."""

    parent: int | None
    depth: int
    service: str
    operation: str
    side: str
    a: Seen | None
    b: Seen | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows from the top down, each below its parent, in order of start."""

    rows: tuple[Row, ...]
    duration_a_ns: int
    duration_b_ns: int


def compare(a: Trace, others: Sequence[Trace]) -> Comparison:
    """`a` against one trace, or against what is usual of several."""
    places: dict[_Key, int] = {}
    first = _shape(a, places)
    usual = _usual([_shape(other, places) for other in others])
    return Comparison(
        tuple(_rows(a, places, first, usual)), a.duration_ns, median_low([other.duration_ns for other in others])
    )


def _shape(trace: Trace, places: dict[_Key, int]) -> dict[int, Seen]:
    """By place: the spans that stay when proxies are folded, and spans that stay nowhere else."""
    into = folded_into(trace)
    own = list(trace.self_ns)
    for index, target in enumerate(into):
        if target is not None:
            own[target] += trace.self_ns[index]
    standing: list[int] = [_NOWHERE] * len(into)
    seen: dict[int, Seen] = {}
    counts: dict[tuple[int, str, str, str], int] = defaultdict(int)
    zero = trace.starts_ns[trace.root]
    for index, above in _shown(trace, into):
        span = trace.spans[index]
        over = _NOWHERE if above is None else standing[above]
        if index == trace.root:
            key: _Key = (_NOWHERE, "", "", _ROOT, 0)
        else:
            like = (over, span.node, span.operation, span.role)
            key = (*like, counts[like])
            counts[like] += 1
        place = standing[index] = places.setdefault(key, len(places))
        failed = float(judge(span) is Outcome.ERROR)
        seen[place] = Seen(index, trace.starts_ns[index] - zero, span.duration_ns, own[index], 1.0, failed)
    return seen


def _shown(trace: Trace, into: Sequence[int | None]) -> list[tuple[int, int | None]]:
    """Each span that stays with the nearest one above it that does, parents first, brothers in order of start."""
    children = children_of(trace.parents)
    found: list[tuple[int, int | None]] = []
    waiting: list[tuple[int, int | None]] = [
        (index, None) for index, parent in reversed(list(enumerate(trace.parents))) if parent is None
    ]
    while waiting:
        index, above = waiting.pop()
        if into[index] is None:
            found.append((index, above))
            above = index
        waiting.extend((child, above) for child in reversed(children[index]))
    return found


def _usual(shapes: Sequence[dict[int, Seen]]) -> dict[int, Seen]:
    """What at least half of them have."""
    if len(shapes) == 1:
        return shapes[0]
    stands: dict[int, list[Seen]] = defaultdict(list)
    for shape in shapes:
        for place, seen in shape.items():
            stands[place].append(seen)
    return {place: _middle(seen, len(shapes)) for place, seen in stands.items() if 2 * len(seen) >= len(shapes)}


def _middle(seen: Sequence[Seen], of: int) -> Seen:
    return Seen(
        None,
        median_low([one.from_ns for one in seen]),
        median_low([one.duration_ns for one in seen]),
        median_low([one.self_ns for one in seen]),
        len(seen) / of,
        sum(one.failed for one in seen) / len(seen),
    )


def _rows(a: Trace, places: dict[_Key, int], first: dict[int, Seen], usual: dict[int, Seen]) -> list[Row]:
    keys = list(places)
    below: dict[int, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if place in first or place in usual:
            below[key[0]].append(place)
    for brothers in below.values():
        brothers.sort(key=lambda place: (first.get(place) or usual[place]).from_ns)
    rows: list[Row] = []
    waiting: list[tuple[int, int | None, int]] = [(place, None, 0) for place in reversed(below[_NOWHERE])]
    while waiting:
        place, parent, depth = waiting.pop()
        _, service, operation, side, _ = keys[place]
        at = len(rows)
        if side == _ROOT:
            root = a.spans[a.root]
            service, operation, side = root.node, root.operation, root.role
        rows.append(Row(parent, depth, service, operation, side, first.get(place), usual.get(place)))
        waiting.extend((child, at, depth + 1) for child in reversed(below[place]))
    return rows
