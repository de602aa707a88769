"""The public body of a trace, field by field as api.md has it."""

from typing import Any

import orjson
import pytest

from telemetry.publish.flags import flag_json
from telemetry.span import Event, Link, Span
from telemetry.traces.assemble import assemble
from telemetry.traces.body import plain, trace_json
from tests.build import T0, unix_ns

START = unix_ns(T0) + 1_999_999
ROOT = Span(
    span_id="00000000000000aa",
    parent_id=None,
    node="shop/web",
    role="in",
    kind="server",
    operation="GET /cart",
    name="GET",
    start_ns=START,
    duration_ns=182_400_000,
    status="error",
    status_message="it broke",
    code=503,
    flags=("UH",),
    attributes={"http.route": "/cart", "raw": b"\xff"},
    resource={"service.version": "v2"},
    events=(Event(START + 1_500, "exception", {"a": None}),),
    links=(Link("ab" * 16, "cd" * 8, {}),),
)
CHILD = Span(
    span_id="00000000000000bb",
    parent_id="00000000000000aa",
    node="shop/cart",
    role="in",
    kind="server",
    operation="GET /cart",
    name="GET",
    start_ns=START + 1_200_999,
    duration_ns=90_211_999,
)


def test_a_trace() -> None:
    body = trace_json(assemble("ab" * 16, [CHILD, ROOT]))
    spans = body.pop("spans")
    assert body == {
        "trace_id": "ab" * 16,
        "start": "2026-09-21T10:00:00.001Z",
        "duration_ms": 182.4,
        "root_span_id": "00000000000000aa",
        "status": "error",
        "complete": True,
        "services": ["shop/web", "shop/cart"],
        "origin": {
            "span": "00000000000000aa",
            "service": "shop/web",
            "text": "shop/web answered 503 to GET /cart",
        },
        "slowest": {
            "span": "00000000000000aa",
            "self_ms": 92.188001,
            "text": "92 ms of 182 ms were spent in shop/web itself",
        },
        "flag_notes": [flag_json("UH")],
        "warnings": [],
        "logs": [],
    }
    assert spans[0] == {
        "span_id": "00000000000000aa",
        "parent_span_id": None,
        "parent": None,
        "service": "shop/web",
        "version": "",
        "instance": "",
        "proxy": False,
        "late": False,
        "code": 503,
        "grpc": None,
        "logs": [],
        "operation": "GET /cart",
        "name": "GET",
        "kind": "server",
        "role": "in",
        "scope": "",
        "start_offset_us": 0,
        "duration_us": 182_400,
        "self_us": 92_188,
        "status": "error",
        "status_message": "it broke",
        "trace_state": "",
        "attributes": {"http.route": "/cart", "raw": "/w=="},
        "resource": {"service.version": "v2"},
        "events": [{"offset_us": 1, "name": "exception", "attributes": {"a": None}}],
        "links": [{"trace_id": "ab" * 16, "span_id": "cd" * 8, "attributes": {}}],
        "critical": True,
        "folded_into": None,
        "flags": ["UH"],
        "skew_us": 0,
    }
    child = {key: spans[1][key] for key in ("parent_span_id", "start_offset_us", "duration_us", "self_us", "status")}
    assert child == {
        "parent_span_id": "00000000000000aa",
        "start_offset_us": 1_200,
        "duration_us": 90_211,
        "self_us": 90_211,
        "status": "unset",
    }


def test_warnings_and_success() -> None:
    body = trace_json(assemble("t", [CHILD]))
    assert body["status"] == "ok"
    assert body["root_span_id"] == CHILD.span_id
    assert [warning["kind"] for warning in body["warnings"]] == ["incomplete", "missing_parent"]
    assert body["spans"][0]["parent_span_id"] == ROOT.span_id


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(2**53 - 1, 2**53 - 1, id="the largest exact integer"),
        pytest.param(2**53, "9007199254740992", id="one that a browser would round"),
        pytest.param(-(2**63), "-9223372036854775808", id="the smallest"),
        pytest.param(True, True, id="true"),
        pytest.param(float("nan"), "NaN", id="no number"),
        pytest.param(float("inf"), "Infinity", id="infinite"),
        pytest.param(float("-inf"), "-Infinity", id="negative infinite"),
        pytest.param(1e300, 1e300, id="a large float"),
        pytest.param(b"\0\xff", "AP8=", id="bytes"),
        pytest.param([{"a": [b"", None, 2**60]}], [{"a": ["", None, str(2**60)]}], id="nested"),
    ],
)
def test_values(value: Any, said: Any) -> None:
    assert plain(value) == said
    assert type(plain(value)) is type(said)
    assert orjson.loads(orjson.dumps(plain(value))) == said
