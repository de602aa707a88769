"""What a request must be, what is left out of it, and that nobody can forge the fields we append."""

import pytest
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.engine import Signal
from telemetry.receive import otlp
from telemetry.receive.otlp import REQUESTS, Batch
from telemetry.receive.rejection import Rejection
from telemetry.spool import segment as form
from tests import build


def batch(signal: Signal, data: bytes) -> Batch:
    made = otlp.check(signal, data)
    assert isinstance(made, Batch)
    return made


def names(data: bytes) -> list[str]:
    request = ExportTraceServiceRequest.FromString(data)
    return [s.name for rs in request.resource_spans for ss in rs.scope_spans for s in ss.spans]


def test_a_good_request_goes_on_as_it_came() -> None:
    data = build.traces(build.resource("cart"), build.span("a"), build.span("b", id=2)).SerializeToString()
    made = batch(Signal.TRACES, data)
    assert made == Batch(Signal.TRACES, data, 2)
    assert made.data is data


def test_an_empty_request_is_fine() -> None:
    assert batch(Signal.TRACES, b"") == Batch(Signal.TRACES, b"", 0)


def test_points_are_counted_whatever_their_metric() -> None:
    metrics = build.metrics(
        build.resource("cart"),
        build.gauge("g", build.point(1.0), build.point(2)),
        build.counter("c", build.point(3)),
        build.gauge("none"),
    )
    metrics.resource_metrics[0].scope_metrics[0].metrics.add(name="no data")
    histogram = metrics.resource_metrics[0].scope_metrics[0].metrics.add(name="h").histogram
    histogram.data_points.add(count=1)
    assert batch(Signal.METRICS, metrics.SerializeToString()).count == 4


def test_log_records_are_counted() -> None:
    assert batch(Signal.LOGS, build.logs(None, build.log("a"), build.log("b")).SerializeToString()).count == 2


@pytest.mark.parametrize(
    ("trace", "span", "why"),
    [
        pytest.param(b"", bytes(7) + b"1", "trace_id has 0 bytes", id="no trace id"),
        pytest.param(bytes(16), bytes(7) + b"1", "trace_id is all zeros", id="a trace id of zeros"),
        pytest.param(b"1" * 15, bytes(7) + b"1", "trace_id has 15 bytes", id="a short trace id"),
        pytest.param(b"1" * 32, bytes(7) + b"1", "trace_id has 32 bytes", id="a trace id in hex text"),
        pytest.param(b"1" * 16, b"", "span_id has 0 bytes", id="no span id"),
        pytest.param(b"1" * 16, bytes(8), "span_id is all zeros", id="a span id of zeros"),
        pytest.param(b"1" * 16, b"1" * 9, "span_id has 9 bytes", id="a long span id"),
    ],
)
def test_a_span_with_a_bad_id_is_left_out_and_named(trace: bytes, span: bytes, why: str) -> None:
    bad = build.span("bad", trace=trace, id=span)
    request = build.traces(build.resource("cart"), build.span("a"), bad, build.span("b"))
    made = batch(Signal.TRACES, request.SerializeToString())
    assert names(made.data) == ["a", "b"]
    assert (made.count, made.rejected) == (2, 1)
    assert "1 of 3 spans" in made.reason
    assert f"spans[1] ('bad'): its {why}" in made.reason
    kept = ExportTraceServiceRequest.FromString(made.data)
    assert kept.resource_spans[0].resource == request.resource_spans[0].resource


def test_a_request_of_bad_spans_only_has_nothing_to_store() -> None:
    made = batch(Signal.TRACES, build.traces(None, build.span(id=b"")).SerializeToString())
    assert (made.count, made.rejected) == (0, 1)


def forged(number: int, wire: str) -> bytes:
    if wire == "varint":
        return form.varint(number << 3) + form.varint(4711)
    if wire == "fixed64":
        return form.varint(number << 3 | 1) + bytes(8)
    if wire == "length":
        return form.varint(number << 3 | 2) + b"\x02hi"
    if wire == "fixed32":
        return form.varint(number << 3 | 5) + bytes(4)
    return form.varint(number << 3 | 3) + b"\x08\x01" + form.varint(number << 3 | 4)


@pytest.mark.parametrize("wire", ["varint", "fixed64", "length", "fixed32", "group"])
@pytest.mark.parametrize("number", [form.SEGMENT, form.RECEIVED, form.PEER, form.SPOOL, form.CHECK, 2, 1001001])
@pytest.mark.parametrize("signal", list(REQUESTS))
def test_a_field_of_ours_cannot_be_forged(signal: Signal, number: int, wire: str) -> None:
    good = {
        Signal.TRACES: build.traces(None, build.span("a")),
        Signal.METRICS: build.metrics(None, build.gauge("g", build.point(1))),
        Signal.LOGS: build.logs(None, build.log("a")),
    }[signal].SerializeToString()
    for data in (good + forged(number, wire), forged(number, wire) + good):
        made = batch(signal, data)
        assert made.data == good
        assert not len(UnknownFieldSet(otlp.REQUESTS[signal].FromString(made.data)))
        assert made.count == 1


def test_the_known_field_in_a_wrong_wire_type_is_unknown_too() -> None:
    good = build.traces(None, build.span("a")).SerializeToString()
    assert batch(Signal.TRACES, good + b"\x08\x07").data == good


def test_unknown_fields_deeper_down_go_on_untouched() -> None:
    span = build.span("a").SerializeToString() + b"\xa0\x06\x07"  # field 100, varint
    data = (
        b"\x0a" + form.varint(len(span) + 4) + b"\x12" + form.varint(len(span) + 2) + b"\x12" + form.varint(len(span))
    )
    assert batch(Signal.TRACES, data + span).data == data + span


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_batch_or_a_sentence(data: bytes) -> None:
    for signal in REQUESTS:
        made = otlp.check(signal, data)
        assert isinstance(made, Batch) or (made.http == 400 and len(made.text) > 40)


@given(st.data())
def test_a_good_request_cut_anywhere_is_no_error_of_ours(data: st.DataObject) -> None:
    whole = build.traces(build.resource("cart"), build.span("é", attributes={"k": [1, "b"]})).SerializeToString()
    made = otlp.check(Signal.TRACES, whole[: data.draw(st.integers(1, len(whole) - 1))])
    assert isinstance(made, Rejection)
    assert "cut off" in made.text or "claims" in made.text
