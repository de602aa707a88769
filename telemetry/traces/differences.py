"""What a comparison of traces amounts to: its largest differences, a sentence each. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from telemetry.health.words import counted, milliseconds
from telemetry.traces.compare import Comparison, Row

MOST = 10
_LEAST_NS = 1_000_000
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Difference:
    """`row` is where it shows, `ns` how much of `a`'s time it made more (or, below 0, less)."""

    kind: str
    row: int
    ns: int
    text: str


def differences(comparison: Comparison, *, usual: bool) -> list[Difference]:
    """At most ten, the largest first, what failed before all. `usual`: `b` is many traces, not one.

    Kinds: `failed` (the deepest rows that did only in `a`) and `good` (only in `b`), `only_a`, `only_b` (with all below
    it), `slower`, `faster` (its own time, by 1 ms and 2 % of the longer trace at least)."""
    rows = comparison.rows
    least = max(_LEAST_NS, int(_LEAST_SHARE * max(comparison.duration_a_ns, comparison.duration_b_ns)))
    below = _below(rows)
    found = [one for index, row in enumerate(rows) for one in _of(index, row, rows, below[index], least, usual=usual)]
    passed_on = _above([one.row for one in found if one.kind == "failed"], rows)
    found = [one for one in found if one.kind != "failed" or one.row not in passed_on]
    found.sort(key=lambda one: (one.kind != "failed", -abs(one.ns)))
    return found[:MOST]


def _of(index: int, row: Row, rows: tuple[Row, ...], below: int, least_ns: int, *, usual: bool) -> Iterator[Difference]:
    name = f"{row.service}: {row.operation}"
    other = "usually" if usual else "in the other"
    if row.a is None or row.b is None:
        above = None if row.parent is None else rows[row.parent]
        if above is not None and (above.a is None or above.b is None):
            return
        spans = f" with {counted(below, 'more span')}" if below else ""
        if row.a is not None:
            yield Difference("only_a", index, row.a.duration_ns, f"{name}{spans} is only here, not {other}")
        elif row.b is not None:
            yield Difference("only_b", index, -row.b.duration_ns, f"{name}{spans} is missing here, {other} it is there")
        return
    if row.a.failed and row.b.failed < 0.5:
        yield Difference("failed", index, row.a.duration_ns - row.b.duration_ns, f"{name} failed here, {other} not")
    elif row.b.failed >= 0.5 and not row.a.failed:
        yield Difference("good", index, row.a.duration_ns - row.b.duration_ns, f"{name} failed {other}, not here")
    more = row.a.self_ns - row.b.self_ns
    if abs(more) >= least_ns:
        took = f"{milliseconds(row.a.self_ns / 1e6)} of its own, {other} {milliseconds(row.b.self_ns / 1e6)}"
        yield Difference("slower" if more > 0 else "faster", index, more, f"{name} took {took}")


def _above(of: list[int], rows: tuple[Row, ...]) -> set[int]:
    """All rows that one of these hangs below."""
    above: set[int] = set()
    for row in of:
        at = rows[row].parent
        while at is not None and at not in above:
            above.add(at)
            at = rows[at].parent
    return above


def _below(rows: tuple[Row, ...]) -> list[int]:
    """How many rows hang below each, at any depth."""
    below = [0] * len(rows)
    for index in range(len(rows) - 1, -1, -1):
        parent = rows[index].parent
        if parent is not None:
            below[parent] += below[index] + 1
    return below
