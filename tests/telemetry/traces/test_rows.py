"""Rows of a waterfall: the cases that the page's script passes too, and what holds for traces of any shape."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given

from telemetry.span import Span, Trace
from telemetry.traces.assemble import assemble
from telemetry.traces.fold import folded_into
from telemetry.traces.rows import placed, rows
from tests.telemetry.traces.shapes import traces

CASES = sorted((Path(__file__).parents[2] / "cases" / "rows").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case(path: Path) -> None:
    case = json.loads(path.read_text())
    found = placed(case["parents"], case["folded"])
    assert [[row.index, row.depth, row.parent, row.folded] for row in found] == case["rows"]


@given(traces())
def test_every_span_is_a_row_or_counted_in_one(trace: Trace) -> None:
    found = rows(trace)
    folded = [index for index, into in enumerate(folded_into(trace)) if into is not None]
    assert sorted([row.index for row in found] + folded) == list(range(len(trace.spans)))
    assert sum(row.folded for row in found) == len(folded)
    for row, after in pairwise(found):
        assert after.depth <= row.depth + 1
        assert (after.depth == row.depth + 1) == row.parent


@given(traces())
def test_into_an_unfolded_span_nothing_is_folded(trace: Trace) -> None:
    targets = {into for into in folded_into(trace) if into is not None}
    for target in targets:
        assert next(row.folded for row in rows(trace, target) if row.index == target) == 0


def test_a_hundred_thousand_below_each_other_are_no_recursion() -> None:
    made = [
        Span(f"{i + 1:016x}", f"{i:016x}" if i else None, "a/a", "local", "internal", "x", "x", i, 1)
        for i in range(100_000)
    ]
    assert rows(assemble("ab" * 16, made))[-1].depth == 99_999
