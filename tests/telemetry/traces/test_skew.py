"""Clocks that disagree: hand-computed corrections, and properties over any two clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telemetry.traces.drawn import MS, drawn, labelled

CENTRED = "out a/a app 0-100\n  in a/b app {}-{} #b\n    out a/b app {}-{} #c"


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        pytest.param("out a/a app 0-100\n  in a/b app 10-90 #b", {"b": 0}, id="it fits"),
        pytest.param("out a/a app 0-100\n  in a/b app -1-90 #b", {"b": 0}, id="1 ms is no skew"),
        pytest.param("out a/a app 0-100\n  in a/b app -2-58 #b", {"b": 22}, id="shorter and behind: centred"),
        pytest.param("out a/a app 0-100\n  in a/b app 310-350 #b", {"b": -280}, id="shorter and ahead: centred"),
        pytest.param("out a/a app 0-100\n  in a/b app -30-100 #b", {"b": 30}, id="longer: their starts are one"),
        pytest.param("out a/a app 0-100\n  in a/b app 5-300 #b", {"b": 0}, id="longer, but begun in time"),
        pytest.param("out a/a app 0-100 504 UT\n  in a/b app 2-102 #b", {"b": 0}, id="its caller gave up"),
        pytest.param("out a/a app 0-100\n  in a/a app -50-20 #b", {"b": 0}, id="one clock"),
        pytest.param("in a/a app 0-100\n  in a/b app 90-130 #b", {"b": 0}, id="not below a call: it may outlive"),
        pytest.param("in a/a app 0-100\n  in a/b app -9-20 #b", {"b": 9}, id="not below a call: not before its cause"),
        pytest.param("send a/a app 0-10\n  process a/b app 500-600 #b", {"b": 0}, id="a message is taken later"),
        pytest.param(
            "send a/a app 0-10\n  process a/b app -40-60 #b", {"b": 40}, id="a message taken before it was sent"
        ),
        pytest.param(
            "out a/a app 0-100\n  in a/b app -50-10 #b\n    out a/b app -40-0\n      in a/c app -30--10 #c",
            {"b": 70, "c": 70},
            id="a clock that fits a moved one moves with it",
        ),
        pytest.param(
            """
            local a/a app 0-1000
              out a/a app 0-100
                in a/b app -30-20 #b
              out a/a app 200-300
                in a/b app 170-260 #c
              out a/a app 400-500
                in a/b app 371-431 #d
            """,
            {"b": 40, "c": 40, "d": 40},
            id="of three calls the middle one, 49, as far as the second allows",
        ),
        pytest.param(
            """
            local a/a app 0-1000
              out a/a app 0-100
                in a/b app -30-20 #b
              out a/a app 200-300
                in a/b app 195-290 #c
            """,
            {"b": 7.5, "c": 7.5},
            id="calls that contradict each other: the middle, of two the lower",
        ),
        pytest.param(
            """
            local a/a app 0-1000
              out a/a app 0-100
                in a/b app -30-20 instance=p #b
              out a/a app 200-300
                in a/b app 210-290 instance=q #c
            """,
            {"b": 55, "c": 0},
            id="two instances have two clocks",
        ),
    ],
)
def test_how_far_clocks_are_moved(text: str, moved: dict[str, int]) -> None:
    found = drawn(text)
    shifts = {
        name: (found.trace.starts_ns[at] - found.trace.spans[at].start_ns) / MS for name, at in found.labels.items()
    }
    assert shifts == moved
    assert ("clock_skew" in {warning.kind for warning in found.trace.warnings}) is any(moved.values())


def test_it_is_said_whose_clock_was_moved() -> None:
    one = drawn("out a/a app 0-100\n  in a/b app -2-58")
    assert one.trace.warnings[0].text == "The clock of a/b was moved by +22 ms to fit its callers."
    many = drawn("local a/a app 0-9\n" + "".join(f"  out a/a app 0-8\n    in a/{n} app 300-302\n" for n in "bcdef"))
    assert many.trace.warnings[0].text == (
        "Clocks were moved to fit their callers: a/b by −297 ms, a/c by −297 ms, a/d by −297 ms and 2 more."
    )


def test_moved_spans_are_in_order_of_their_corrected_start() -> None:
    found = drawn("in a/a app 0-100\n  out a/a app 10-90\n    in a/b app -500--440")
    assert [span.node for span in found.trace.spans] == ["a/a", "a/a", "a/b"]
    assert found.trace.parents == (None, 0, 1)
    assert found.trace.duration_ns == 100 * MS
    assert found.trace.self_ns == (20 * MS, 20 * MS, 60 * MS)


@given(st.integers(-(10**6), 10**6), st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_call_that_fits_lies_in_its_caller(offset: int, length: int, before: int, after: int) -> None:
    """However far the clocks are apart; durations stay."""
    since = before + offset
    found = drawn(f"out a/a app 0-{before + length + after}\n  in a/b app {since}-{since + length} #b")
    b, trace = found.labels["b"], found.trace
    caller = 1 - b
    start, end = trace.starts_ns[b], trace.starts_ns[b] + trace.spans[b].duration_ns
    assert trace.spans[b].duration_ns == length * MS
    assert trace.starts_ns[caller] == 0
    assert start >= -MS
    assert end <= trace.spans[caller].duration_ns + MS


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40)), min_size=1, max_size=8),
    st.integers(-10_000, 10_000),
)
def test_all_calls_of_two_clocks_lie_in_their_callers(calls: list[tuple[int, int, int]], offset: int) -> None:
    """Whatever one clock is off, what really lay within its caller does so again, to the tolerance."""
    text, at = "local a/a app 0-100000\n", 0
    for before, length, after in calls:
        since = at + before + offset
        text += f"  out a/a app {at}-{at + before + length + after}\n    in a/b app {since}-{since + length}\n"
        at += 200
    trace = drawn(text).trace
    for index, parent in enumerate(trace.parents):
        if parent is None or trace.spans[index].node == "a/a":
            continue
        assert trace.starts_ns[index] >= trace.starts_ns[parent] - MS
        end = trace.starts_ns[index] + trace.spans[index].duration_ns
        assert end <= trace.starts_ns[parent] + trace.spans[parent].duration_ns + MS
    assert labelled(trace.spans, {}).trace.starts_ns == trace.starts_ns
