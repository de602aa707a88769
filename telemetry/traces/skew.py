"""Clocks that disagree within a trace: how far each must be moved so that calls lie within their callers. Pure.

mesh-telemetry.md §5.4. A call bounds how far its two clocks may be apart: the called starts after its caller and,
unless the caller gave up, ends before it. The first request's clock is right; another whose calls do not fit within
1 ms is moved to the median of what centres each of them in its caller, within what all of them allow. Durations are
measured on one clock, so moving never changes them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import NamedTuple

from telemetry.span import Span
from telemetry.traces.tree import Known

TOLERANCE_NS = 1_000_000
_GAVE_UP_FLAGS = frozenset({"UT", "DC", "DR", "UMSDR", "SI", "DT"})
_GAVE_UP_CODES = frozenset({408, 499, 504})
_GAVE_UP_GRPC = frozenset({1, 4})

Clock = tuple[str, str]
"""Owner and instance, the instance empty where its owner has only one in this trace: a proxy shares its app's clock."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock and the ns added to what it said; `spans` is how many it gave the time to."""

    node: str
    instance: str
    ns: int
    spans: int


class _Bound(NamedTuple):
    """The clock of `other` may be `least` to `most` ns more than this one's; `centre` is best, None if nothing says."""

    other: Clock
    least: int | None
    most: int | None
    centre: int | None

    def turned(self, this: Clock) -> "_Bound":
        return _Bound(this, _minus(self.most), _minus(self.least), _minus(self.centre))


def corrections(
    spans: Sequence[Span], parents: Known, roles: Sequence[str], first: int
) -> tuple[list[int], list[Moved]]:
    """ns to add to the start of each span, and the clocks that were moved, those with most spans first.

    `first` is the index of the span whose clock is right."""
    clocks = _clocks(spans)
    bounds = _bounds(spans, parents, roles, clocks)
    if not bounds:
        return [0] * len(spans), []
    moves = _place([clocks[first], *dict.fromkeys(clocks)], bounds)
    counts: dict[Clock, int] = defaultdict(int)
    for clock in clocks:
        counts[clock] += 1
    moved = [Moved(*clock, ns, counts[clock]) for clock, ns in moves.items() if ns]
    return [moves[clock] for clock in clocks], sorted(moved, key=lambda one: -one.spans)


def _clocks(spans: Sequence[Span]) -> list[Clock]:
    instances: dict[str, set[str]] = defaultdict(set)
    for span in spans:
        if span.instance:
            instances[span.node].add(span.instance)
    return [(span.node, span.instance if len(instances[span.node]) > 1 else "") for span in spans]


def _bounds(
    spans: Sequence[Span], parents: Known, roles: Sequence[str], clocks: Sequence[Clock]
) -> dict[Clock, list[_Bound]]:
    bounds: dict[Clock, list[_Bound]] = defaultdict(list)
    for index, parent in enumerate(parents):
        if parent is None or clocks[index] == clocks[parent]:
            continue
        bound = _bound(spans[parent], spans[index], clocks[index], within=roles[parent] in ("out", "relay"))
        bounds[clocks[parent]].append(bound)
        bounds[clocks[index]].append(bound.turned(clocks[parent]))
    return bounds


def _bound(caller: Span, called: Span, clock: Clock, *, within: bool) -> _Bound:
    least = caller.start_ns - called.start_ns
    if called.role in ("process", "receive") or not within or gave_up(caller):
        return _Bound(clock, least, None, None)
    most = caller.end_ns - called.end_ns
    if most < least:
        # It does not fit, so its end says nothing; it started while its caller waited.
        return _Bound(clock, least, caller.end_ns - called.start_ns, least)
    return _Bound(clock, least, most, (least + most) // 2)


def gave_up(span: Span) -> bool:
    """It ended without waiting for who it had called: by a timeout, or because its own caller left."""
    return (
        not _GAVE_UP_FLAGS.isdisjoint(span.flags)
        or span.code in _GAVE_UP_CODES
        or span.grpc in _GAVE_UP_GRPC
        or str(span.attributes.get("error.type", "")).lower().endswith(("timeout", "timeouterror", "deadlineexceeded"))
    )


def _place(clocks: Iterable[Clock], bounds: dict[Clock, list[_Bound]]) -> dict[Clock, int]:
    """Nearest to the first clock first; one that no call joins to those before is taken for right itself."""
    moves: dict[Clock, int] = {}
    for clock in clocks:
        if clock in moves:
            continue
        moves[clock] = 0
        near = [clock]
        for placed in near:  # grows while it is walked
            for bound in bounds.get(placed, ()):
                if bound.other not in moves:
                    moves[bound.other] = _move(bounds[bound.other], moves)
                    near.append(bound.other)
    return moves


def _move(bounds: Sequence[_Bound], moves: dict[Clock, int]) -> int:
    """By what a clock says of those already placed; each bound is of the other's against this one's."""
    allowed = [bound.turned(bound.other) for bound in bounds if bound.other in moves]
    least = [moves[one.other] + one.least for one in allowed if one.least is not None]
    most = [moves[one.other] + one.most for one in allowed if one.most is not None]
    if all(one <= TOLERANCE_NS for one in least) and all(one >= -TOLERANCE_NS for one in most):
        return 0
    centres = [moves[one.other] + one.centre for one in allowed if one.centre is not None]
    lowest, highest = max(least, default=None), min(most, default=None)
    wanted = median_low(centres) if centres else 0
    if lowest is not None and highest is not None and lowest > highest:
        return wanted if centres else lowest
    wanted = wanted if lowest is None else max(wanted, lowest)
    return wanted if highest is None else min(wanted, highest)


def _minus(value: int | None) -> int | None:
    return None if value is None else -value
