"""A trace in Jaeger's form: what is sent is what is said, ids are unique, no span is its own ancestor, and what comes
out is read in again as it was by `meshui replay`."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from meshui.replay import jaeger as reader
from telemetry.span import Event, Link, Span, Trace
from telemetry.traces.assemble import assemble
from telemetry.traces.jaeger import Names, tag, trace_json
from tests.telemetry.traces.shapes import traces

ID = f"{1:032x}"
MS = 1_000_000
T0 = 1_790_000_000 * 1_000_000_000
SHOP = {"service.name": "cart", "k8s.pod.name": "cart-1", "replicas": 3}


def one(span_id: int, parent: int | None = None, **of: Any) -> Span:
    """A server span of shop/cart, 10 ms from T0 on."""
    made = Span(
        span_id=f"{span_id:016x}", parent_id=None if parent is None else f"{parent:016x}", node="shop/cart", role="in",
        kind="server", operation="GET /cart", name="GET /cart", start_ns=T0, duration_ns=10 * MS, resource=SHOP,
        instance="cart-1",
    )  # fmt: skip
    return replace(made, **of)


def said(*spans: Span, names: Names = Names.ID, raw: bool = False) -> dict[str, Any]:
    return trace_json(assemble(ID, list(spans)), names, raw=raw)


def tags(of: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    return {each["key"]: (each["type"], each["value"]) for each in of["tags"]}


def test_times_are_microseconds() -> None:
    (span,) = said(one(1))["spans"]
    assert (span["startTime"], span["duration"]) == (T0 // 1000, 10_000)
    assert span["warnings"] is None


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("x", "string", "x"),
        (True, "bool", True),
        (7, "int64", 7),
        (2**53, "int64", str(2**53)),
        (1.5, "float64", 1.5),
        (float("nan"), "float64", "NaN"),
        (b"\x00\xff", "binary", "AP8="),
        (["a", 1], "string", '["a",1]'),
        ({"a": b"\x00"}, "string", '{"a":"AA=="}'),
        (None, "string", ""),
    ],
)
def test_values_have_types(value: Any, kind: str, shown: Any) -> None:
    assert tag("k", value) == {"key": "k", "type": kind, "value": shown}


def test_what_otlp_has_fields_for_becomes_tags() -> None:
    failed = one(1, status="error", status_message="boom", scope="shop.http", trace_state="a=b", attributes={"n": 1})
    (span,) = said(failed)["spans"]
    assert tags(span) == {
        "n": ("int64", 1),
        "span.kind": ("string", "server"),
        "otel.status_code": ("string", "ERROR"),
        "otel.status_description": ("string", "boom"),
        "error": ("bool", True),
        "otel.scope.name": ("string", "shop.http"),
        "w3c.tracestate": ("string", "a=b"),
    }


def test_a_senders_own_tag_is_not_said_twice() -> None:
    (span,) = said(one(1, status="error", attributes={"error": "true", "span.kind": "weird"}))["spans"]
    assert [each for each in span["tags"] if each["key"] in ("error", "span.kind")] == [
        {"key": "error", "type": "string", "value": "true"},
        {"key": "span.kind", "type": "string", "value": "weird"},
    ]


def test_a_good_span_says_nothing_of_status_or_kind() -> None:
    (span,) = said(one(1, kind="unspecified"))["spans"]
    assert span["tags"] == []


def test_processes_are_senders() -> None:
    other = dict(SHOP, **{"k8s.pod.name": "cart-2"})
    trace = said(one(1), one(2, 1), one(3, 1, resource=other, instance="cart-2"), one(4, 1, resource={}, instance=""),
                 one(5, 1, resource={}, instance=""))  # fmt: skip
    assert [span["processID"] for span in trace["spans"]] == ["p1", "p1", "p2", "p3", "p3"]
    assert trace["processes"]["p1"] == {
        "serviceName": "shop/cart",
        "tags": [
            {"key": "k8s.pod.name", "type": "string", "value": "cart-1"},
            {"key": "replicas", "type": "int64", "value": 3},
            {"key": "hostname", "type": "string", "value": "cart-1"},
        ],
    }
    assert trace["processes"]["p3"] == {"serviceName": "shop/cart", "tags": []}


@pytest.mark.parametrize(
    ("node", "names", "shown"),
    [
        ("shop/cart", Names.ID, "shop/cart"),
        ("shop/cart", Names.DOTTED, "cart.shop"),
        ("shop/cart", Names.BARE, "cart"),
        ("-/cart", Names.DOTTED, "cart"),
        ("shop/a%2Fb", Names.DOTTED, "a/b.shop"),
        ("shop/a%2Fb", Names.ID, "shop/a%2Fb"),
        ("east:shop/cart", Names.DOTTED, "east:shop/cart"),
        ("nonsense", Names.BARE, "nonsense"),
    ],
)
def test_names(node: str, names: Names, shown: str) -> None:
    assert names.of(node) == shown


def test_links_follow_the_parent() -> None:
    linked = one(2, 1, links=(Link("b" * 32, "c" * 16, {}),))
    assert said(one(1), linked)["spans"][1]["references"] == [
        {"refType": "CHILD_OF", "traceID": ID, "spanID": f"{1:016x}"},
        {"refType": "FOLLOWS_FROM", "traceID": "b" * 32, "spanID": "c" * 16},
    ]


def test_events_are_logs() -> None:
    event = Event(T0 + 2 * MS, "exception", {"exception.type": "Boom", "again": True})
    (span,) = said(one(1, events=(event,)))["spans"]
    assert span["logs"] == [
        {
            "timestamp": T0 // 1000 + 2000,
            "fields": [
                {"key": "event", "type": "string", "value": "exception"},
                {"key": "exception.type", "type": "string", "value": "Boom"},
                {"key": "again", "type": "bool", "value": True},
            ],
        }
    ]


def test_a_parent_that_has_not_arrived_is_named_and_said() -> None:
    trace = said(one(2, 1))
    assert trace["spans"][0]["references"][0]["spanID"] == f"{1:016x}"
    assert trace["spans"][0]["warnings"] == ["Its parent has not arrived."]
    assert any("has not arrived" in text for text in trace["warnings"])


def test_a_cycle_is_no_cycle_for_its_reader() -> None:
    trace = said(one(1, 2), one(2, 1))
    roots = [span for span in trace["spans"] if not span["references"]]
    assert len(roots) == 1
    assert roots[0]["warnings"] == ["It is its own ancestor; shown as a root."]


def test_a_server_that_shares_its_clients_id_hangs_below_it() -> None:
    client = one(7, node="shop/web", role="out", kind="client", start_ns=T0)
    server = one(7, start_ns=T0 + MS, duration_ns=5 * MS)
    first, again = said(client, server), said(client, server)
    assert first == again
    ids = [span["spanID"] for span in first["spans"]]
    assert ids[0] == f"{7:016x}" != ids[1]
    assert first["spans"][1]["references"] == [{"refType": "CHILD_OF", "traceID": ID, "spanID": ids[0]}]


def test_clocks_are_corrected_and_said_but_not_in_raw() -> None:
    client = one(1, node="shop/web", role="out", kind="client", duration_ns=50 * MS)
    server = one(2, 1, start_ns=T0 + 600_000 * MS, events=(Event(T0 + 600_000 * MS, "e", {}),))
    mended, raw = said(client, server), said(client, server, raw=True)
    late = next(span for span in mended["spans"] if span["spanID"] == f"{2:016x}")
    assert T0 // 1000 <= late["startTime"] == late["logs"][0]["timestamp"] <= T0 // 1000 + 50_000
    assert late["warnings"][0].startswith("Its clock was moved by -")
    assert any("clock" in text for text in mended["warnings"])
    sent = next(span for span in raw["spans"] if span["spanID"] == f"{2:016x}")
    assert sent["startTime"] == sent["logs"][0]["timestamp"] == T0 // 1000 + 600_000_000
    assert (sent["warnings"], raw["warnings"]) == (None, None)


@given(traces())
def test_any_trace_is_a_forest_with_unique_ids(trace: Trace) -> None:
    spans = trace_json(trace)["spans"]
    above: dict[str, str | None] = {span["spanID"]: None for span in spans}
    assert len(above) == len(spans) == len(trace.spans)
    for span in spans:
        parents = [of["spanID"] for of in span["references"] if of["refType"] == "CHILD_OF"]
        assert len(parents) <= 1
        above[span["spanID"]] = parents[0] if parents else None
    for start in above:
        seen, at = set(), start
        while (at := above.get(at) or "") and at in above:
            assert at not in seen, "a span is its own ancestor"
            seen.add(at)


@given(traces())
def test_what_is_said_is_read_again_as_it_was(trace: Trace) -> None:
    raw = trace_json(trace, raw=True)
    (record,) = reader.read({"data": [raw]}, 1.0)
    found = {
        span.span_id.hex(): span
        for resource in record.message.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }
    assert len(found) == len(trace.spans)
    for span, sent in zip(raw["spans"], trace.spans, strict=True):
        read = found[span["spanID"]]
        assert read.trace_id.hex() == trace.trace_id
        assert read.start_time_unix_nano == sent.start_ns // 1000 * 1000
        assert read.end_time_unix_nano - read.start_time_unix_nano == sent.duration_ns // 1000 * 1000
        assert read.name == sent.name
        assert (read.status.code == 2) == sent.failed
