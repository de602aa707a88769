"""The rows of a waterfall with proxies folded: each span that is shown, below the nearest one above it that is. Pure.

static/src/trace/rows.js makes the same rows in the page, where people fold and unfold; tests/cases/rows/ holds both."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.span import Trace
from telemetry.traces.fold import folded_into
from telemetry.traces.tree import children_of


@dataclass(frozen=True, slots=True)
class Row:
    """The index of a span, how deep it is drawn, whether any row is below it, and how many spans are folded into it."""

    index: int
    depth: int
    parent: bool
    folded: int


def rows(trace: Trace, unfolded: int | None = None) -> list[Row]:
    """From the top down, brothers in order of start; what nothing holds comes in order of start too. Into the span
    `unfolded` nothing is folded."""
    return placed(trace.parents, [None if into == unfolded else into for into in folded_into(trace)])


def placed(parents: Sequence[int | None], folded: Sequence[int | None]) -> list[Row]:
    """The rows of spans that hang under `parents` and are `folded` into others, both by index."""
    counts = [0] * len(folded)
    for target in folded:
        if target is not None:
            counts[target] += 1
    below, tops = _shown(parents, folded)
    found: list[Row] = []
    waiting = [(index, 0) for index in reversed(tops)]
    while waiting:
        index, depth = waiting.pop()
        found.append(Row(index, depth, bool(below[index]), counts[index]))
        waiting.extend((child, depth + 1) for child in reversed(below[index]))
    return found


def _shown(parents: Sequence[int | None], folded: Sequence[int | None]) -> tuple[list[list[int]], list[int]]:
    """Below each span that stays those that stay and hang under it; and those that hang under none."""
    children = children_of(parents)
    below: list[list[int]] = [[] for _ in folded]
    tops: list[int] = []
    above: list[tuple[int, int | None]] = [(index, None) for index, up in enumerate(parents) if up is None]
    for index, over in above:  # grows while it is walked
        here = over
        if folded[index] is None:
            (tops if over is None else below[over]).append(index)
            here = index
        above.extend((child, here) for child in children[index])
    for brothers in below:
        brothers.sort()
    return below, sorted(tops)
