"""What the page of a trace asks: all spans as far as they are drawn, one with all it says, whether there are more."""

from pathlib import Path
from typing import Any

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.traces.load import trace
from telemetry.traces.one import TOLD, drawn, saying, spans_named, stored
from telemetry.traces.origin import origin
from tests.build import event, later, link, load, resource, span, traces

WANTED = f"{7:032x}"


@pytest.fixture
def sent(engine: EmbeddedEngine, tmp_path: Path) -> EmbeddedEngine:
    """web asks cart, whose answer is an error that its event explains; one attribute of each kind."""
    boom = event("exception", at=later(0.01), attributes={"exception.message": "out of shelves"})
    of: dict[str, Any] = {"trace": 7}
    http = {"http.request.method": "GET", "url.path": "/cart", "http.response.status_code": 503, "list": [1, 2]}
    web = span("GET", id=2, kind="client", ms=80, attributes=http, events=[boom], links=[link(9, 10)], **of)
    cart = span(
        "GET /cart", id=3, parent=2, start=later(0.01), ms=50, attributes=http, status="error", events=[boom], **of
    )
    load(engine, tmp_path, traces(resource("web", namespace="shop", version="v1"), web))
    load(engine, tmp_path, traces(resource("cart", namespace="shop", instance="pod-1"), cart))
    return engine


def test_what_is_drawn_is_the_trace_without_what_only_a_chosen_span_shows(sent: EmbeddedEngine) -> None:
    whole, found = trace(sent, WANTED), drawn(sent, WANTED)
    assert whole is not None
    assert found is not None
    same = ("starts_ns", "self_ns", "parents", "root", "warnings", "services", "failed", "duration_ns")
    assert [getattr(found, name) for name in same] == [getattr(whole, name) for name in same]
    assert origin(found) == origin(whole)
    for mine, theirs in zip(found.spans, whole.spans, strict=True):
        assert mine.attributes == {key: value for key, value in theirs.attributes.items() if key in TOLD}
        assert (mine.resource, mine.links) == ({}, ())
        assert mine.events == (theirs.events if theirs.status == "error" else ())
        assert (mine.node, mine.version, mine.instance, mine.code) == (
            theirs.node, theirs.version, theirs.instance, theirs.code,
        )  # fmt: skip


def test_a_list_where_a_text_is_expected_is_left_out(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(
        engine,
        tmp_path,
        traces(resource("web"), span(trace=7, attributes={"error.type": ["a"], "http.method": b"\xff"})),
    )
    found = drawn(engine, WANTED)
    assert found is not None
    assert found.spans[0].attributes == {}


def test_one_span_says_all_it_said(sent: EmbeddedEngine) -> None:
    (found,) = spans_named(sent, WANTED, f"{3:016x}")
    whole = trace(sent, WANTED)
    assert whole is not None
    assert found == next(one for one in whole.spans if one.span_id == found.span_id)
    assert spans_named(sent, WANTED, f"{99:016x}") == []
    assert spans_named(sent, f"{8:032x}", f"{3:016x}") == []


def test_an_id_that_two_spans_share_names_both(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(resource("web"), span(trace=7, id=2, kind="client")))
    load(engine, tmp_path, traces(resource("cart"), span(trace=7, id=2, kind="server")))
    assert {one.node for one in spans_named(engine, WANTED, f"{2:016x}")} == {"-/web", "-/cart"}


def test_more_rows_are_noticed(sent: EmbeddedEngine, tmp_path: Path) -> None:
    assert stored(sent, WANTED) == 2
    load(sent, tmp_path, traces(resource("late"), span(trace=7, id=4)))
    assert stored(sent, WANTED) == 3
    assert stored(sent, f"{8:032x}") == 0
    assert drawn(sent, f"{8:032x}") is None


def test_a_cut_trace_says_so(sent: EmbeddedEngine) -> None:
    found = drawn(sent, WANTED, limit=1)
    assert found is not None
    assert [warning.kind for warning in found.warnings][:1] == ["incomplete"]


def test_words_are_found_in_attributes_events_and_status_in_any_case(engine: EmbeddedEngine, tmp_path: Path) -> None:
    boom = event("exception", attributes={"exception.message": "Out of Shelves"})
    load(
        engine,
        tmp_path,
        traces(
            resource("a"), span(trace=7, id=1, attributes={"enduser.id": "ANNA"}), span(trace=7, id=2, events=[boom])
        ),
        traces(resource("b"), span(trace=7, id=3, status="error", message="anna waits"), span(trace=8, id=4)),
    )
    found = saying(engine, WANTED, ["anna", "shelves", "enduser", "' OR 1=1 --"])
    assert {word: sorted(ids) for word, ids in found.items()} == {
        "anna": [f"{1:016x}", f"{3:016x}"],
        "shelves": [f"{2:016x}"],
        "enduser": [f"{1:016x}"],
        "' OR 1=1 --": [],
    }
