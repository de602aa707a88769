"""What a trace's time was spent on: hand-computed paths; parts are disjoint and add up, whatever is sent."""

import pytest
from hypothesis import given

from telemetry.span import Trace
from telemetry.traces.critical_path import critical_path
from tests.telemetry.traces.drawn import MS, drawn
from tests.telemetry.traces.shapes import traces


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("in a/a app 0-100 #a", "a 0-100", id="one span"),
        pytest.param("in a/a app 0-100 #a\n  out a/a app 20-60 #b", "a 0-20, b 20-60, a 60-100", id="one child"),
        pytest.param(
            "in a/a app 0-100 #a\n  out a/a app 10-30 #b\n  out a/a app 40-90 #c",
            "a 0-10, b 10-30, a 30-40, c 40-90, a 90-100",
            id="one after the other",
        ),
        pytest.param(
            "in a/a app 0-100 #a\n  out a/a app 10-30 #b\n  out a/a app 10-90 #c",
            "a 0-10, c 10-90, a 90-100",
            id="side by side: who ended last",
        ),
        pytest.param(
            "in a/a app 0-100 #a\n  out a/a app 0-50 #b\n  out a/a app 30-90 #c",
            "a 0-30, c 30-90, a 90-100",
            id="who had not ended when the last began did not hold it up",
        ),
        pytest.param(
            "in a/a app 0-100 #a\n  out a/a app 10-90 #b\n    in a/b app 20-80 #c\n      local a/b app 30-70 #d",
            "a 0-10, b 10-20, c 20-30, d 30-70, c 70-80, b 80-90, a 90-100",
            id="deeper",
        ),
        pytest.param(
            "in a/a app 0-100 #a\n  local a/a app 50-150 #b",
            "a 0-50, b 50-150",
            id="the trace ends with what goes on in the background",
        ),
        pytest.param(
            """
            in a/a app 0-500 #a
              local a/a app 0-100 #b
                local a/a app 50-150 #c
              out a/a app 100-490 #d
            """,
            "b 0-100, d 100-490, a 490-500",
            id="nobody waited for what goes on in the background",
        ),
        pytest.param(
            """
            in a/a app 0-1000 #a
              out a/a app 0-400 504 UT #b
                in a/b app 2-800 #c
              out a/a app 450-990 #d
            """,
            "b 0-2, c 2-400, a 400-450, d 450-990, a 990-1000",
            id="a call that was cut waited until then",
        ),
        pytest.param(
            "send a/a app 0-10 #a\n  process a/b app 300-400 #b",
            "a 0-10, (b) 10-300, b 300-400",
            id="a message in its queue",
        ),
        pytest.param(
            "in a/a app 0-10 #a\nin a/b app 30-50 #b", "a 0-10, (b) 10-30, b 30-50", id="two roots and nothing between"
        ),
        pytest.param(
            "in a/a app 0-100 #a\n  out a/a app -10-40 #b", "b -10-40, a 40-100", id="a child that began before"
        ),
        pytest.param("in a/a app 5-5 #a", "", id="no time"),
        pytest.param("in a/a app 0-100 #a\n  out a/a app 50-50 #b", "a 0-100", id="a child without time"),
    ],
)
def test_paths(text: str, path: str) -> None:
    found = drawn(text)
    zero = found.trace.start_ns
    said = [
        f"{f'({found.label(part.index)})' if part.waiting else found.label(part.index)}"
        f" {(zero + part.from_ns) // MS}-{(zero + part.to_ns) // MS}"
        for part in critical_path(found.trace)
    ]
    assert ", ".join(said) == path


@given(traces())
def test_parts_are_disjoint_and_add_up(trace: Trace) -> None:
    parts = critical_path(trace)
    assert sum(part.ns for part in parts) == trace.duration_ns
    assert [part.from_ns for part in parts] == [0, *[part.to_ns for part in parts]][: len(parts)]
    assert all(part.ns > 0 for part in parts)
    for part in parts:
        start = trace.starts_ns[part.index] - trace.start_ns
        inside = start <= part.from_ns and part.to_ns <= start + trace.spans[part.index].duration_ns
        assert inside or part.waiting
