"""Whatever is sent, a trace's body is made, says every span once, and hangs together; 100,000 spans too."""

from collections import Counter
from collections.abc import Callable, Iterator

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.span import Span, Trace
from telemetry.traces.assemble import assemble
from telemetry.traces.body import path_json, trace_json
from telemetry.traces.compare_body import comparison_json
from telemetry.traces.fold import folded_into
from tests.telemetry.traces.shapes import spans, traces

MANY = 100_000
FEWER = 20_000
"""Enough to see a square of it."""


@given(spans())
def test_every_span_is_said_once(sent: list[Span]) -> None:
    body = trace_json(assemble("cd" * 16, sent))
    assert Counter(span["span_id"] for span in body["spans"]) == Counter(span.span_id for span in sent)
    said = orjson.loads(orjson.dumps(body))["spans"]
    assert [span["start_offset_us"] for span in said] == sorted(span["start_offset_us"] for span in said)
    assert sum(span["duration_us"] for span in said) == sum(span.duration_ns // 1000 for span in sent)
    ids = {span["span_id"] for span in said}
    assert all(body[what] is None or body[what]["span"] in ids for what in ("origin", "slowest"))
    for place, span in enumerate(said):
        steps = 0
        above = span["parent"]
        while above is not None:
            above, steps = said[above]["parent"], steps + 1
            assert steps <= len(said), f"span {place} hangs in a ring"


@given(traces())
def test_folding_ends_at_once_and_only_proxies_fold(trace: Trace) -> None:
    into = folded_into(trace)
    for index, target in enumerate(into):
        assert target is None or (trace.spans[index].proxy and into[target] is None and target != index)
    assert not all(target is not None for target in into)


@given(traces())
def test_the_path_as_said_adds_up(trace: Trace) -> None:
    body = path_json(trace)
    items = body["items"]
    assert sum(item["to_offset_us"] - item["from_offset_us"] for item in items) == trace.duration_ns // 1000
    assert sum(item["share"] for item in items) == pytest.approx(1.0 if trace.duration_ns else 0.0)


@given(traces(), st.lists(traces(), min_size=1, max_size=4))
def test_any_traces_can_be_compared(a: Trace, others: list[Trace]) -> None:
    body = comparison_json(a, others, usual=len(others) > 1)
    shown = [span.span_id for span, into in zip(a.spans, folded_into(a), strict=True) if into is None]
    assert Counter(row["a"]["span_id"] for row in body["rows"] if row["a"]) == Counter(shown)
    for place, row in enumerate(body["rows"]):
        assert row["parent"] is None or row["parent"] < place
        assert row["depth"] == (0 if row["parent"] is None else body["rows"][row["parent"]]["depth"] + 1)


@given(traces())
def test_a_trace_differs_in_nothing_from_itself(trace: Trace) -> None:
    body = comparison_json(trace, [trace], usual=False)
    assert (body["duration_diff_ms"], body["differences"]) == (0.0, [])
    assert {row["in"] for row in body["rows"]} == {"both"}
    assert {(row["duration_diff_us"], row["self_diff_us"]) for row in body["rows"]} == {(0, 0)}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=20))
def test_own_times_of_a_sequential_trace_add_up(steps: list[tuple[int, int]]) -> None:
    """One call after the other, each within its parent."""
    sent, at = [], 1
    for number, (gap, length) in enumerate(steps):
        at += gap
        sent.append(_one(number + 2, 1, at, length))
        at += length
    trace = assemble("t", [_one(1, 0, 0, at + 1), *sent])
    assert sum(trace.self_ns) == trace.duration_ns == at + 1


def _one(number: int, parent: int, at: int, ns: int, node: str = "a/a", role: str = "in") -> Span:
    above = f"{parent:016x}" if parent else None
    return Span(f"{number:016x}", above, node, role, "server", "GET /", "op", at, ns, code=503, proxy=number % 3 == 0)


def _wide() -> Iterator[Span]:
    yield _one(1, 0, 0, MANY * 10)
    for number in range(2, MANY + 1):
        yield _one(number, 1, number * 9, 15, f"a/n{number % 50}")


def _deep() -> Iterator[Span]:
    for number in range(1, MANY + 1):
        yield _one(number, number - 1, number, 2 * (MANY - number) + 1, f"a/n{number // 4}", ("in", "out")[number % 2])


def _one_id() -> Iterator[Span]:
    for number in range(FEWER):
        yield _one(1, 1, number, 5, f"a/n{number}", ("in", "out")[number % 2])


def _ring() -> Iterator[Span]:
    for number in range(1, FEWER + 1):
        yield _one(number, number - 1 or FEWER, number, 5)


@pytest.mark.parametrize(("shape", "many"), [(_wide, MANY), (_deep, MANY), (_one_id, FEWER), (_ring, FEWER)])
def test_very_many_spans(shape: Callable[[], Iterator[Span]], many: int) -> None:
    """Deep or wide: neither recursion nor a square of anything, which would not end here."""
    trace = assemble("t", list(shape()))
    body = trace_json(trace)
    assert len(body["spans"]) == many
    assert sum(item["to_offset_us"] - item["from_offset_us"] for item in path_json(trace)["items"]) == (
        trace.duration_ns // 1000
    )
