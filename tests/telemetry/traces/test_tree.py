"""Parents, own time and warnings of traces, as tables; own time besides against a slow twin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.span import Span
from telemetry.traces.assemble import assemble
from telemetry.traces.tree import self_times


def one(
    number: int,
    parent: int = 0,
    at: int = 0,
    ns: int = 100,
    *,
    role: str = "in",
    node: str = "shop/a",
    status: str = "unset",
    code: int | None = None,
    copies: int = 1,
) -> Span:
    return Span(
        span_id=f"{number:016x}",
        parent_id=f"{parent:016x}" if parent else None,
        node=node,
        role=role,
        kind="server",
        operation="op",
        name="op",
        start_ns=at,
        duration_ns=ns,
        status=status,
        code=code,
        copies=copies,
    )


def test_parents_start_root_and_services() -> None:
    spans = [one(3, 2, 30, 10, node="shop/c"), one(1, 0, 10, 100, node="shop/b"), one(2, 1, 20, 200)]
    for shuffled in (spans, spans[::-1]):
        found = assemble("t", shuffled)
        assert [span.span_id[-1] for span in found.spans] == ["1", "2", "3"]
        assert found.parents == (None, 0, 1)
        assert (found.root, found.start_ns, found.duration_ns) == (0, 10, 210)
        assert found.services == ("shop/b", "shop/a", "shop/c")
        assert found.warnings == ()


@pytest.mark.parametrize(
    ("children", "own"),
    [
        pytest.param([], 100, id="none"),
        pytest.param([(10, 20)], 80, id="one"),
        pytest.param([(10, 20), (50, 20)], 60, id="two apart"),
        pytest.param([(10, 20), (20, 20)], 70, id="two that overlap"),
        pytest.param([(10, 50), (20, 5)], 50, id="one within another"),
        pytest.param([(0, 100)], 0, id="all of it"),
        pytest.param([(-50, 60)], 90, id="a child that starts before"),
        pytest.param([(90, 500)], 90, id="a child that goes on"),
        pytest.param([(200, 50)], 100, id="a child that starts after"),
        pytest.param([(-50, 10)], 100, id="a child that ends before"),
    ],
)
def test_own_time_is_what_children_leave(children: list[tuple[int, int]], own: int) -> None:
    spans = [one(1), *[one(n + 2, 1, at, ns) for n, (at, ns) in enumerate(children)]]
    found = assemble("t", spans)
    assert found.self_ns[[span.span_id for span in found.spans].index(f"{1:016x}")] == own


intervals = st.lists(st.tuples(st.integers(-5, 15), st.integers(0, 12)), max_size=6)


@given(intervals)
def test_own_time_equals_counting_every_ns(children: list[tuple[int, int]]) -> None:
    spans = sorted(
        [one(1, ns=10), *[one(n + 2, 1, at, ns) for n, (at, ns) in enumerate(children)]], key=lambda s: s.start_ns
    )
    at = next(index for index, span in enumerate(spans) if span.parent_id is None)
    parents = [None if index == at else at for index in range(len(spans))]
    busy = {tick for since, ns in children for tick in range(since, since + ns)}
    starts, durations = [span.start_ns for span in spans], [span.duration_ns for span in spans]
    assert self_times(starts, durations, parents)[at] == sum(tick not in busy for tick in range(10))


def test_a_shared_id_and_what_hangs_under_it() -> None:
    client, server = one(1, 0, 0, role="out", node="shop/a"), one(1, 0, 1, role="in", node="shop/b")
    in_b, in_a = one(2, 1, 2, role="local", node="shop/b"), one(3, 1, 3, role="local", node="shop/a")
    found = assemble("t", [client, server, in_b, in_a])
    assert found.parents == (None, 0, 1, 0)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("spans", "kinds", "root"),
    [
        pytest.param([one(1), one(2, 1)], [], 0, id="whole"),
        pytest.param([one(1, 0, 5), one(2, 9, 1)], ["missing_parent"], 1, id="a parent is missing below the root"),
        pytest.param([one(2, 9)], ["incomplete", "missing_parent"], 0, id="the root is missing"),
        pytest.param([one(1), one(2, 0, 1)], ["several_roots"], 0, id="two roots"),
        pytest.param([one(1, copies=2)], ["duplicate"], 0, id="sent twice"),
        pytest.param([one(1, 2), one(2, 1, 1)], ["cycle"], 0, id="each the other's parent"),
        pytest.param([one(1, 1)], ["incomplete", "missing_parent"], 0, id="its own parent"),
        pytest.param(
            [one(1, 3), one(2, 1, 1), one(3, 2, 2), one(4, 3, 3), one(5, 0, 4)], ["cycle"], 4, id="a tail on a cycle"
        ),
    ],
)
def test_what_is_odd_is_said(spans: list[Span], kinds: list[str], root: int) -> None:
    found = assemble("t", spans)
    assert [warning.kind for warning in found.warnings] == kinds
    assert found.root == root


@given(st.lists(st.integers(0, 7), min_size=1, max_size=7))
def test_every_span_has_a_root(parents: list[int]) -> None:
    """Whatever senders claim: 0 none, 7 one that is not there."""
    found = assemble("t", [one(n + 1, parent, n) for n, parent in enumerate(parents)])
    for start in range(len(parents)):
        at: int | None = start
        for _ in parents:
            at = None if at is None else found.parents[at]
        assert at is None
    assert found.parents[found.root] is None


@pytest.mark.parametrize(
    ("spans", "failed"),
    [
        pytest.param([one(1), one(2, 1, status="error")], False, id="a failure that was made good"),
        pytest.param([one(1, status="error")], True, id="the root says so"),
        pytest.param([one(1, code=503)], True, id="the root answered 503"),
        pytest.param([one(1, code=404)], False, id="the root answered 404"),
    ],
)
def test_a_trace_failed_if_its_first_request_did(spans: list[Span], failed: bool) -> None:
    assert assemble("t", spans).failed is failed
