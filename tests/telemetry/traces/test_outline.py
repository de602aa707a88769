"""A trace as columns: what the page draws is what the trace says."""

from dataclasses import replace
from typing import Any

from hypothesis import given

from telemetry.span import Trace
from telemetry.traces.assemble import assemble
from telemetry.traces.critical_path import critical_path
from telemetry.traces.fold import folded_into
from telemetry.traces.outline import CRITICAL, FAILED, LOST, NOBODY, PROXY, outline
from telemetry.traces.telling import Telling
from telemetry.traces.tree import children_of
from tests.telemetry.traces.drawn import drawn
from tests.telemetry.traces.shapes import traces

REFUSED = """
in edge/gw gateway 0-100 503 error op=GET_/
  in shop/web app 5-95 503 error op=GET_/
    out shop/web app 10-90 503 error op=GET
      out shop/web envoy 12-88 503 UH error peer=cart.shop arrived=0 #refused
    out shop/web app 90-94 404 error op=GET_/ads peer=ads
"""


def said(trace: Trace) -> dict[str, Any]:
    return outline(Telling(trace, children_of(trace.parents)))


@given(traces())
def test_columns_say_what_the_trace_says(trace: Trace) -> None:
    body = said(trace)
    columns, spans = body["columns"], trace.spans
    assert {len(column) for column in columns.values()} == {len(spans)}
    for index, span in enumerate(spans):
        assert body["services"][columns["service"][index]] == span.node
        assert body["operations"][columns["operation"][index]] == span.operation
        assert body["roles"][columns["role"][index]] == span.role
        assert columns["start"][index] == (trace.starts_ns[index] - trace.start_ns) // 1000
        assert columns["skew"][index] == (trace.starts_ns[index] - span.start_ns) // 1000
        assert bool(columns["marks"][index] & PROXY) == span.proxy
    assert [None if place == NOBODY else place for place in columns["parent"]] == list(trace.parents)
    assert [None if place == NOBODY else place for place in columns["folded"]] == folded_into(trace)
    path = [tuple(body["path"][at : at + 4]) for at in range(0, len(body["path"]), 4)]
    assert path == [(p.index, p.from_ns // 1000, p.to_ns // 1000, int(p.waiting)) for p in critical_path(trace)]
    assert {at for at, marks in enumerate(columns["marks"]) if marks & CRITICAL} == {p[0] for p in path if not p[3]}


def test_a_refused_call_is_marked_worded_and_named() -> None:
    made = drawn(REFUSED)
    body = said(made.trace)
    assert made.label(body["origin"]) == "refused"
    words = [body["words"][word] for word in body["columns"]["word"]]
    assert words == ["503", "503", "503", "503 UH", "404"]
    failed = [bool(marks & FAILED) for marks in body["columns"]["marks"]]
    assert failed == [True, True, True, True, False], "what a client got wrong is no failure of the server"
    assert [flag["flag"] for flag in body["flags"]] == ["UH"]
    assert body["unanswered"] == [{"span": 3, "target": "shop/cart"}, {"span": 4, "target": "ads"}], (
        "of a call and its proxy the last; nobody who answered"
    )


def test_a_span_whose_parent_has_not_come_is_marked() -> None:
    trace = drawn("in shop/web app 0-10 200").trace
    assert said(trace)["columns"]["marks"][0] & LOST == 0
    lost = drawn("in shop/web app 0-10 200").trace.spans[0]
    alone = assemble("ab" * 16, [replace(lost, parent_id="00000000000000ff")])
    assert said(alone)["columns"]["marks"][0] & LOST
