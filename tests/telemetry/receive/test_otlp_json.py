"""OTLP/JSON: equal to protobuf for any request, and every liberty that real senders take."""

import base64
import json
import math
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.engine import Signal
from telemetry.receive import otlp, otlp_json
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from tests.data import data_folder

BIG = 1544712660000000001  # no double holds it
IDS = ("traceId", "spanId", "parentSpanId")


def parsed(signal: Signal, document: Any) -> Any:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    made = otlp_json.check(signal, text)
    assert isinstance(made, Batch), made
    return otlp.REQUESTS[signal].FromString(made.data)


def refused(document: Any, signal: Signal = Signal.TRACES) -> str:
    no = otlp_json.check(signal, document if isinstance(document, bytes) else json.dumps(document).encode())
    assert isinstance(no, Rejection)
    assert no.http == 400
    return no.text


def slow_json(message: Any, upper: bool = False) -> Any:
    """protobuf's own JSON, then ids from base64 to hex: slow, and written by others."""
    return hexed(MessageToDict(message, preserving_proto_field_name=False), upper)


def hexed(value: Any, upper: bool) -> Any:
    if isinstance(value, list):
        return [hexed(item, upper) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, inner in value.items():
        if key in IDS and isinstance(inner, str):
            text = base64.b64decode(inner).hex()
            out[key] = text.upper() if upper else text
        else:
            out[key] = hexed(inner, upper)
    return out


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
doubles = st.floats(allow_nan=False)
u64, i64, i32 = st.integers(0, 2**64 - 1), st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31 - 1)
ids16, ids8 = st.binary(min_size=16, max_size=16).filter(any), st.binary(min_size=8, max_size=8).filter(any)
values: Any = st.recursive(
    st.one_of(
        st.just({}),
        texts.map(lambda v: {"string_value": v}),
        st.booleans().map(lambda v: {"bool_value": v}),
        i64.map(lambda v: {"int_value": v}),
        doubles.map(lambda v: {"double_value": v}),
        st.binary(max_size=9).map(lambda v: {"bytes_value": v}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda v: {"array_value": {"values": v}}),
        st.lists(st.tuples(texts, inner), max_size=3).map(
            lambda v: {"kvlist_value": {"values": [{"key": key, "value": value} for key, value in v]}}
        ),
    ),
    max_leaves=6,
)
attributes = st.lists(st.fixed_dictionaries({"key": texts, "value": values}), max_size=3)
resources = st.fixed_dictionaries({"attributes": attributes})
spans = st.fixed_dictionaries(
    {"trace_id": ids16, "span_id": ids8},
    optional={
        "parent_span_id": ids8, "name": texts, "kind": st.integers(0, 5), "start_time_unix_nano": u64,
        "end_time_unix_nano": u64, "attributes": attributes, "trace_state": texts, "flags": st.integers(0, 2**32 - 1),
        "dropped_attributes_count": st.integers(0, 2**32 - 1),
        "events": st.lists(st.fixed_dictionaries({"time_unix_nano": u64, "name": texts}), max_size=2),
        "links": st.lists(st.fixed_dictionaries({"trace_id": ids16, "span_id": ids8}), max_size=2),
        "status": st.fixed_dictionaries({"code": st.integers(0, 2), "message": texts}),
    },
)  # fmt: skip
exemplars = st.lists(
    st.fixed_dictionaries({"time_unix_nano": u64, "trace_id": ids16, "span_id": ids8, "as_int": i64}), max_size=1
)
numbers = st.one_of(
    st.fixed_dictionaries({"as_int": i64, "time_unix_nano": u64, "attributes": attributes, "exemplars": exemplars}),
    st.fixed_dictionaries({"as_double": doubles, "start_time_unix_nano": u64}),
)
exponential = st.fixed_dictionaries(
    {"count": u64, "scale": i32, "zero_count": u64, "sum": doubles, "positive": st.fixed_dictionaries(
        {"offset": i32, "bucket_counts": st.lists(u64, max_size=4)})}
)  # fmt: skip
explicit = st.fixed_dictionaries(
    {"count": u64, "bucket_counts": st.lists(u64, max_size=4), "explicit_bounds": st.lists(doubles, max_size=3)}
)


def points(kind: str, of: Any, **more: Any) -> Any:
    """A metric of one kind with up to two points."""
    data = st.fixed_dictionaries({"data_points": st.lists(of, max_size=2)} | more)
    return st.fixed_dictionaries({"name": texts, kind: data})


metrics = st.one_of(
    points("gauge", numbers),
    points("sum", numbers, aggregation_temporality=st.integers(0, 2), is_monotonic=st.booleans()),
    points("histogram", explicit),
    points("exponential_histogram", exponential),
)
records = st.fixed_dictionaries(
    {"body": values, "severity_number": st.integers(0, 24), "time_unix_nano": u64, "trace_id": ids16, "span_id": ids8}
)


@settings(deadline=None)
@given(resources, st.lists(spans, max_size=3), st.booleans())
def test_traces_equal_protobuf(resource: Any, some: list[Any], upper: bool) -> None:
    request = ExportTraceServiceRequest(resource_spans=[{"resource": resource, "scope_spans": [{"spans": some}]}])  # type: ignore[list-item]
    assert parsed(Signal.TRACES, slow_json(request, upper)) == request


@settings(deadline=None)
@given(st.lists(metrics, max_size=3))
def test_metrics_equal_protobuf(some: list[Any]) -> None:
    request = ExportMetricsServiceRequest(resource_metrics=[{"scope_metrics": [{"metrics": some}]}])  # type: ignore[list-item]
    assert parsed(Signal.METRICS, slow_json(request)) == request


@settings(deadline=None)
@given(st.lists(records, max_size=3))
def test_logs_equal_protobuf(some: list[Any]) -> None:
    request = ExportLogsServiceRequest(resource_logs=[{"scope_logs": [{"log_records": some}]}])  # type: ignore[list-item]
    assert parsed(Signal.LOGS, slow_json(request)) == request


def with_span(**fields: Any) -> Any:
    span = {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"} | fields
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def span_of(**fields: Any) -> Any:
    return parsed(Signal.TRACES, with_span(**fields)).resource_spans[0].scope_spans[0].spans[0]


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"startTimeUnixNano": str(BIG)}, "start_time_unix_nano", BIG, id="text"),
        pytest.param({"startTimeUnixNano": BIG}, "start_time_unix_nano", BIG, id="number"),
        pytest.param({"startTimeUnixNano": 1e3}, "start_time_unix_nano", 1000, id="a whole number with an exponent"),
        pytest.param({"endTimeUnixNano": 2**64 - 1}, "end_time_unix_nano", 2**64 - 1, id="the largest there is"),
        pytest.param({"kind": 3}, "kind", 3, id="an enum by number"),
        pytest.param({"kind": "SPAN_KIND_CLIENT"}, "kind", 3, id="an enum by name"),
        pytest.param({"kind": 77}, "kind", 77, id="an enum by a number nobody knows yet"),
        pytest.param({"parentSpanId": ""}, "parent_span_id", b"", id="a root with an empty parent"),
        pytest.param({"parentSpanId": None}, "parent_span_id", b"", id="a root with a null parent"),
        pytest.param({"traceId": "0AF7651916CD43DD8448EB211C80319C"}, "trace_id",
                     bytes.fromhex("0af7651916cd43dd8448eb211c80319c"), id="an id in upper case"),
        pytest.param({"unknownField": {"a": 1}, "name": "x"}, "name", "x", id="a field nobody knows"),
        pytest.param({"start_time_unix_nano": "1"}, "start_time_unix_nano", 0, id="snake case is a field nobody knows"),
    ],
)  # fmt: skip
def test_a_field_in_any_form_senders_use(fields: Any, name: str, value: Any) -> None:
    assert getattr(span_of(**fields), name) == value


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        pytest.param({}, None, None, id="an empty value"),
        pytest.param({"stringValue": ""}, "string_value", "", id="an empty text"),
        pytest.param({"intValue": "-9223372036854775808"}, "int_value", -(2**63), id="the smallest integer"),
        pytest.param({"intValue": 9007199254740993}, "int_value", 9007199254740993, id="a number no double holds"),
        pytest.param({"doubleValue": "Infinity"}, "double_value", math.inf, id="Infinity"),
        pytest.param({"doubleValue": "-Infinity"}, "double_value", -math.inf, id="-Infinity"),
        pytest.param({"doubleValue": "1.5"}, "double_value", 1.5, id="a double as text"),
        pytest.param({"doubleValue": 2}, "double_value", 2.0, id="a double without a fraction"),
        pytest.param({"bytesValue": "_-8="}, "bytes_value", b"\xff\xef", id="base64 for URLs"),
        pytest.param({"bytesValue": "AA"}, "bytes_value", b"\0", id="base64 without padding"),
        pytest.param({"boolValue": False}, "bool_value", False, id="false is a value"),
    ],
)
def test_a_value_of_any_kind(value: Any, kind: str | None, expected: Any) -> None:
    read = span_of(attributes=[{"key": "k", "value": value}]).attributes[0].value
    assert read.WhichOneof("value") == kind
    assert kind is None or getattr(read, kind) == expected


def test_not_a_number_is_a_number() -> None:
    read = span_of(attributes=[{"key": "k", "value": {"doubleValue": "NaN"}}]).attributes[0].value
    assert math.isnan(read.double_value)


def test_of_two_equal_names_the_last_counts() -> None:
    text = json.dumps(with_span()).replace('"spanId"', '"name":"a","name":"b","spanId"')
    request = parsed(Signal.TRACES, text.encode())
    assert request.resource_spans[0].scope_spans[0].spans[0].name == "b"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(b"{", "OTLP/JSON: unexpected end", id="no JSON"),
        pytest.param(b'{"resourceSpans":[NaN]}', "OTLP/JSON", id="NaN that is no text"),
        pytest.param([], "it is no object but an array", id="an array"),
        pytest.param({"resourceSpans": {}}, "resourceSpans is no array but an object", id="an object for a list"),
        pytest.param(with_span(name=7), "resourceSpans[0].scopeSpans[0].spans[0].name is no text but 7", id="a number"),
        pytest.param(with_span(traceId="xyz"), 'traceId is no id in hex but "xyz"', id="an id that is no hex"),
        pytest.param(with_span(startTimeUnixNano="1.5"), "startTimeUnixNano is no integer", id="a fraction"),
        pytest.param(with_span(startTimeUnixNano=-1), "does not fit 64 bits", id="a time before all time"),
        pytest.param(with_span(startTimeUnixNano=1e300), "is no integer", id="a number no integer holds"),
        pytest.param(with_span(flags=2**32), "does not fit 32 bits", id="too large for 32 bits"),
        pytest.param(with_span(kind="CLIENT"), 'kind is no integer but "CLIENT"', id="an enum nobody knows"),
        pytest.param(with_span(attributes=[{"key": "k", "value": {"boolValue": "true"}}]), "neither true nor false",
                     id="a truth in quotes"),
        pytest.param(with_span(attributes=[{"key": "k", "value": {"bytesValue": "é"}}]), "is no base64", id="é"),
        pytest.param(with_span(attributes=[{"key": "k", "value": {"doubleValue": "1_0"}}]), "is no number", id="1_0"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_path(document: Any, said: str) -> None:
    assert said in refused(document)


def test_nesting_without_end_is_refused() -> None:
    value: Any = {"stringValue": "x"}
    for _ in range(200):
        value = {"arrayValue": {"values": [value]}}
    assert "nested deeper than 90 levels" in refused(with_span(attributes=[{"key": "k", "value": value}]))
    assert "OTLP/JSON" in refused(b"[" * 100_000)


def test_bad_ids_are_left_out_as_in_protobuf() -> None:
    made = otlp_json.check(Signal.TRACES, json.dumps(with_span(spanId="00")).encode())
    assert isinstance(made, Batch)
    assert (made.count, made.rejected) == (0, 1)


@pytest.mark.parametrize(
    "name", ["proto-example-trace.json", "all-attribute-types.json", "jaeger-storage-example.json"]
)
def test_the_examples_of_others_are_taken_whole(name: str) -> None:
    text = (data_folder("fixtures/traces/otlp") / f"{name}").read_bytes()
    made = otlp_json.check(Signal.TRACES, text)
    assert isinstance(made, Batch)
    spans = [s for rs in json.loads(text)["resourceSpans"] for ss in rs.get("scopeSpans", []) for s in ss["spans"]]
    assert (made.count, made.rejected) == (len(spans), 0)
