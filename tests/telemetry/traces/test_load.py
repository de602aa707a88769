"""A trace comes back as it was sent: found by its index, each span once, every value of every kind."""

import re
from pathlib import Path
from typing import Any

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.statement import read
from telemetry.span import Event, Link, TraceWarning
from telemetry.traces import load as traces_load
from telemetry.traces.load import trace
from tests.build import T0, event, later, link, load, resource, span, traces, unix_ns

ONE = f"{1:032x}"
VALUES: dict[str, Any] = {
    "empty text": "",
    "text": "caf\u00e9 \U0001f600 '\\\n",
    "unset": None,
    "zero": 0,
    "largest": 2**63 - 1,
    "false": False,
    "zero float": 0.0,
    "float": 0.1,
    "infinite": float("-inf"),
    "no bytes": b"",
    "bytes": b"\0\xff",
    "no array": [],
    "array": ["", 0, None, [b"\xff", {"a": []}]],
    "no list": {},
    "list": {"b": 1, "a": {"": None}},
}


def test_a_span_comes_back_as_it_was_sent(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sent = span(
        "GET /cart",
        id="00ff00000000ab00",
        parent="0100000000000000",
        kind="client",
        start_ns=unix_ns(T0) + 123,
        end_ns=unix_ns(T0) + 10_000_456,
        status="error",
        message="it broke",
        attributes=VALUES,
        events=[event("exception", at=later(0.001), attributes=VALUES)],
        links=[link(2, 3, VALUES)],
        trace_state="a=b",
    )
    load(engine, tmp_path, traces(resource("cart", namespace="shop", scope="lib", attributes=VALUES), sent))
    for merged in (False, True):
        if merged:
            engine.execute("OPTIMIZE TABLE spans FINAL")
        found = trace(engine, ONE)
        assert found is not None
        (back,) = found.spans
        assert (back.span_id, back.parent_id) == ("00ff00000000ab00", "0100000000000000")
        assert (back.name, back.kind, back.node, back.scope) == ("GET /cart", "client", "shop/cart", "lib")
        assert (back.start_ns, back.duration_ns) == (unix_ns(T0) + 123, 10_000_333)
        assert (back.status, back.status_message, back.trace_state) == ("error", "it broke", "a=b")
        assert back.attributes == VALUES
        assert [type(value) for value in back.attributes.values()] == [type(value) for value in VALUES.values()]
        assert back.events == (Event(unix_ns(later(0.001)), "exception", VALUES),)
        assert back.links == (Link(f"{2:032x}", f"{3:016x}", VALUES),)
        assert {key: back.resource[key] for key in VALUES} == VALUES
        assert back.resource["service.name"] == "cart"
        assert back.copies == 1


def test_flags_and_codes_are_read(engine: EmbeddedEngine, tmp_path: Path) -> None:
    said = {"http.response.status_code": 503, "response_flags": "UH,URX"}
    load(engine, tmp_path, traces(resource("cart"), span(attributes=said), span(id=2, start=later(1))))
    found = trace(engine, ONE)
    assert found is not None
    assert [(one.code, one.flags) for one in found.spans] == [(503, ("UH", "URX")), (None, ())]


def test_a_span_sent_twice_is_one(engine: EmbeddedEngine, tmp_path: Path) -> None:
    request = traces(resource("cart"), span(id=1), span(id=2, parent=1))
    for _ in range(3):
        load(engine, tmp_path, request)
    load(engine, tmp_path, traces(resource("cart"), span(id=3, parent=1)))
    found = trace(engine, ONE)
    assert found is not None
    assert [(one.span_id[-1], one.copies) for one in found.spans] == [("1", 3), ("2", 3), ("3", 1)]
    assert found.warnings == (TraceWarning("duplicate", "2 spans were sent more than once, shown once."),)


def test_a_shared_id_is_two_spans(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(resource("web"), span(id=1, kind="client")))
    load(engine, tmp_path, traces(resource("cart"), span(id=1, kind="server", start=later(0.001), ms=5)))
    found = trace(engine, ONE)
    assert found is not None
    assert [one.node for one in found.spans] == ["-/web", "-/cart"]
    assert (found.parents, found.warnings) == ((None, 0), ())


def test_ids_are_told_apart_and_read_in_any_case(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(None, span(trace="ab" * 16), span(trace=2, id=2)))
    upper, lower = trace(engine, "AB" * 16), trace(engine, "ab" * 16)
    assert upper is not None
    assert upper == lower
    assert (upper.trace_id, len(upper.spans)) == ("ab" * 16, 1)
    assert trace(engine, "cd" * 16) is None


@pytest.mark.parametrize("text", ["", "1", "g" * 32, "a" * 33, " " + "a" * 31, "\u0661" * 32])
def test_what_is_no_trace_id_is_refused(engine_server: Path, bare_engine: EmbeddedEngine, text: str) -> None:
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        trace(bare_engine, text)


def test_more_spans_than_shown_is_said(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(None, *[span(id=n + 1, start=later(n)) for n in range(5)]))
    found = trace(engine, ONE, limit=3)
    assert found is not None
    assert [one.start_ns for one in found.spans] == [unix_ns(later(n)) for n in range(3)]
    assert found.warnings[0].kind == "incomplete"
    whole = trace(engine, ONE, limit=5)
    assert whole is not None
    assert len(whole.spans) == 5
    assert "incomplete" not in {warning.kind for warning in whole.warnings}


def test_an_unknown_kind_is_unspecified(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(None, span(kind=77, status=9)))
    found = trace(engine, ONE)
    assert found is not None
    assert (found.spans[0].kind, found.spans[0].status) == ("unspecified", "unset")


def test_a_trace_is_found_by_index(engine: EmbeddedEngine) -> None:
    """100 buckets of 4,000 traces; the question reads the granule with the id and those (1 of 1,000) taken for it."""
    engine.execute(
        """INSERT INTO spans (bucket, ts, trace_id, span_id)
        SELECT toDateTime('2026-09-21 10:00:00', 'UTC') + 10 * (number % 100) AS bucket, bucket,
          MD5(toString(number)), number
        FROM numbers(400000)"""
    )
    (row,) = engine.query(
        "SELECT lower(hex(MD5('12345'))) AS id, sum(marks) AS granules FROM system.parts"
        " WHERE active AND table = 'spans' AND database = currentDatabase()"
    )
    assert row["granules"] >= 150
    found = trace(engine, row["id"])
    assert found is not None
    assert [one.span_id for one in found.spans] == [(12345).to_bytes(8, "little").hex()]
    sql = read(Path(traces_load.__file__).parent / "load.sql")
    plan = "\n".join(
        r["explain"] for r in engine.query(f"EXPLAIN indexes = 1 {sql}", {"trace": row["id"], "only": "", "limit": 10})
    )
    (left, of) = re.findall(r"Name: ix_trace.*?Granules: (\d+)/(\d+)", plan, re.DOTALL)[0]
    assert int(of) >= 50, "the primary key alone leaves one granule a bucket"
    assert 1 <= int(left) <= 5
