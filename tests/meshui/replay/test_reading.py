"""Every kind of file is told by its content and read whole; what is none says why."""

import gzip
import json

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from meshui.replay.reading import read
from meshui.replay.record import LOGS, METRICS, TRACES, ZIPKIN, Record
from meshui.replay.unreadable import Unreadable

TRACE = "0af7651916cd43dd8448eb211c80319c"


def one(raw: bytes) -> Record:
    (record,) = read(raw)
    return record


def delimited(*requests: bytes) -> bytes:
    out = b""
    for request in requests:
        length, prefix = len(request), b""
        while length > 127:
            prefix += bytes([length & 127 | 128])
            length >>= 7
        out += prefix + bytes([length]) + request
    return out


def request(name: str = "GET /", fill: int = 0) -> ExportTraceServiceRequest:
    made = ExportTraceServiceRequest()
    span = made.resource_spans.add().scope_spans.add().spans.add(name=name, trace_state="x" * fill)
    span.trace_id, span.span_id = bytes.fromhex(TRACE), b"\1" * 8
    span.start_time_unix_nano, span.end_time_unix_nano = 10**18, 10**18 + 5
    return made


def test_delimited_protobuf_of_many_requests_with_an_empty_one() -> None:
    raw = delimited(b"", request("a").SerializeToString(), request("b", fill=300).SerializeToString())
    records = list(read(gzip.compress(raw)))
    assert [record.signal for record in records] == [TRACES] * 3
    assert [record.count() for record in records] == [0, 1, 1]
    assert records[2].message == request("b", fill=300)
    assert sum(record.share for record in records) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("length", [91, 123])
def test_a_first_record_whose_length_byte_looks_like_json(length: int) -> None:
    empty = len(request(fill=1).SerializeToString()) - 1
    raw = delimited(request(fill=length - empty).SerializeToString())
    assert raw[:1] in b"[{"
    assert one(raw).count() == 1


def test_one_request_that_is_not_delimited() -> None:
    assert one(request("x" * 200).SerializeToString()).message == request("x" * 200)


def test_a_segments_own_fields_are_not_sent_on() -> None:
    record = request().SerializeToString() + b"\xc0\x3e\x07" + b"\xca\x3e\x02hi"
    assert one(delimited(record)).message.SerializeToString() == request().SerializeToString()


def test_metrics_and_logs_are_told_from_traces() -> None:
    metrics = ExportMetricsServiceRequest()
    metric = (
        metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="sixteen.letters.", description="8letters")
    )
    metric.gauge.data_points.add(time_unix_nano=10**18, as_int=1)
    assert one(delimited(metrics.SerializeToString())).signal is METRICS
    log = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": "1000000000000000000"}]}]}]}
    assert one(json.dumps(log).encode()).signal is LOGS


def test_otlp_json_with_ids_in_hex_numbers_both_ways_and_enums_by_name() -> None:
    span = {
        "traceId": TRACE.upper(),
        "spanId": "00F067AA0BA902B7",
        "parentSpanId": "",
        "name": "a",
        "kind": "SPAN_KIND_SERVER",
    }
    span |= {"startTimeUnixNano": "1544712660000000001", "endTimeUnixNano": 1544712660000000003, "unknown": 1}
    span["links"] = [{"traceId": TRACE, "spanId": "00f067aa0ba902b8"}]
    span["attributes"] = [
        {"key": "traceId", "value": {"stringValue": "not hex"}},
        {"key": "n", "value": {"intValue": "-3"}},
    ]
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    lines = b"\n".join([json.dumps(document).encode()] * 3) + b"\n\n"
    records = list(read(lines))
    assert len(records) == 3
    (read_span,) = records[2].message.resource_spans[0].scope_spans[0].spans
    assert read_span.trace_id.hex() == TRACE
    assert read_span.parent_span_id == b""
    assert read_span.kind == Span.SPAN_KIND_SERVER
    assert (read_span.start_time_unix_nano, read_span.end_time_unix_nano) == (1544712660000000001, 1544712660000000003)
    assert read_span.links[0].span_id.hex() == "00f067aa0ba902b8"
    assert [each.value.WhichOneof("value") for each in read_span.attributes] == ["string_value", "int_value"]
    assert one(json.dumps(document, indent=2).encode()).message == records[0].message


JAEGER = {
    "traceID": "1f",
    "spans": [
        {
            "traceID": "1f",
            "spanID": "2",
            "operationName": "GET /",
            "references": [
                {"refType": "FOLLOWS_FROM", "traceID": "1f", "spanID": "9"},
                {"refType": "CHILD_OF", "traceID": "1f", "spanID": "3", "span": {"traceID": "1f", "spanID": "3"}},
            ],
            "startTime": 1485467191639875,
            "duration": 5,
            "tags": [
                {"key": "span.kind", "type": "string", "value": "server"},
                {"key": "error", "type": "bool", "value": True},
                {"key": "ok", "type": "bool", "value": "false"},
                {"key": "size", "type": "int64", "value": "7"},
                {"key": "share", "type": "float64", "value": 0.5},
                {"key": "raw", "type": "binary", "value": "AAEC"},
            ],
            "logs": [
                {"timestamp": 1485467191639876, "fields": [{"key": "event", "type": "string", "value": "boom"}]},
            ],
            "processID": "p1",
        }
    ],
    "processes": {"p1": {"serviceName": "web", "tags": [{"key": "ip", "type": "string", "value": "10.0.0.1"}]}},
}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(JAEGER, id="one trace, as the UI's model"),
        pytest.param({"data": [JAEGER]}, id="the query API's answer"),
        pytest.param([JAEGER], id="a list of traces"),
    ],
)
def test_jaeger_becomes_otlp(document: object) -> None:
    (resource,) = one(json.dumps(document).encode()).message.resource_spans
    named = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert named == {"service.name": "web", "ip": "10.0.0.1"}
    (span,) = resource.scope_spans[0].spans
    assert (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()) == (
        "1f".zfill(32),
        "2".zfill(16),
        "3".zfill(16),
    )
    assert (span.kind, span.status.code) == (Span.SPAN_KIND_SERVER, Status.STATUS_CODE_ERROR)
    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (1485467191639875000, 1485467191639880000)
    assert [link.span_id.hex() for link in span.links] == ["9".zfill(16)]
    assert [(event.name, event.time_unix_nano) for event in span.events] == [("boom", 1485467191639876000)]
    values = {each.key: each.value for each in span.attributes}
    assert values["ok"].bool_value is False
    assert values["ok"].WhichOneof("value") == "bool_value"
    assert (values["size"].int_value, values["share"].double_value, values["raw"].bytes_value) == (7, 0.5, b"\0\1\2")


def test_zipkin_arrays_stay_zipkin_and_lists_of_traces_are_flattened() -> None:
    spans = [{"traceId": "1", "id": str(number)} for number in range(3)]
    assert one(json.dumps(spans).encode()).signal is ZIPKIN
    assert one(json.dumps([spans[:1], spans[1:]]).encode()).message == spans


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        pytest.param(b"", "empty", id="an empty file"),
        pytest.param(b"timestamp,value\n1,2\n", "no OTLP protobuf", id="a table"),
        pytest.param(b'{"phases": []}', "an object with phases", id="other JSON"),
        pytest.param(b"[]", "an array", id="an empty array"),
        pytest.param(b"{broken", "neither JSON nor OTLP protobuf", id="half of a document"),
        pytest.param(gzip.compress(b"x" * 500)[:-9], "broken gzip", id="half of a gzip file"),
        pytest.param(
            b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "zz"}]}]}]}', "no id in hex", id="a bad id"
        ),
        pytest.param(b'{"resourceSpans": 5}', "broken OTLP JSON", id="a bad document"),
        pytest.param(b'{"spans": [{}], "processes": {}}', "broken Jaeger span", id="a bad Jaeger span"),
        pytest.param(request().SerializeToString()[:-4], "no OTLP protobuf", id="a torn request"),
    ],
)
def test_what_is_no_trace_file_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        list(read(raw))


def test_a_broken_line_comes_after_what_was_good() -> None:
    document = json.dumps({"resourceSpans": []}).encode()
    records = read(document + b"\n{\n" + document)
    assert next(records).count() == 0
    with pytest.raises(Unreadable, match="line 2 is no JSON"):
        next(records)
