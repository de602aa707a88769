"""An OTLP export request → a Batch that may go to the spool, or a Rejection that already knows its answer.

Looks at the two ids of each span and nothing else (rules.md, Receive). The bytes go on as they came unless a span has
to be left out or the top level has fields OTLP does not know: those could forge the fields we append."""

from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.engine import Signal
from telemetry.receive import rejection
from telemetry.receive.rejection import Rejection
from telemetry.receive.where import fault

REQUESTS: dict[Signal, Any] = {
    Signal.TRACES: ExportTraceServiceRequest,
    Signal.METRICS: ExportMetricsServiceRequest,
    Signal.LOGS: ExportLogsServiceRequest,
}
NO_TRACE, NO_SPAN = bytes(16), bytes(8)


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's worth: `count` spans, data points or log records in `data`; `rejected` were left out, and why."""

    signal: Signal
    data: bytes
    count: int
    rejected: int = 0
    reason: str = ""
    families: int = 0
    """Metrics whose type it tells, without a point of them (Prometheus 1.0 sends these apart)."""


def check(signal: Signal, data: bytes) -> Batch | Rejection:
    """Protobuf bytes as they came."""
    try:
        message = REQUESTS[signal].FromString(data)
    except DecodeError:
        what = f"{REQUESTS[signal].DESCRIPTOR.name} in protobuf"
        return rejection.MALFORMED.saying(what=what, why=fault(data, REQUESTS[signal].DESCRIPTOR))
    return check_message(signal, message, data)


def check_message(signal: Signal, message: Any, data: bytes | None = None) -> Batch:
    """A parsed request; `data` is what it was parsed from, None if it was made from something else."""
    if data is not None and len(UnknownFieldSet(message)):
        message.DiscardUnknownFields()
        data = None
    if signal is not Signal.TRACES:
        count = _points(message) if signal is Signal.METRICS else _records(message)
        return Batch(signal, data if data is not None else message.SerializeToString(), count)
    count, bad = _spans(message)
    if not bad:
        return Batch(signal, data if data is not None else message.SerializeToString(), count)
    reason = _remove_bad(message)
    return Batch(signal, message.SerializeToString(), count - bad, bad, reason)


def _spans(message: Any) -> tuple[int, int]:
    """How many spans, and how many of them with an id that cannot be one."""
    count = bad = 0
    for resource_spans in message.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            spans = scope_spans.spans
            count += len(spans)
            for span in spans:
                trace_id, span_id = span.trace_id, span.span_id
                if len(trace_id) != 16 or len(span_id) != 8 or trace_id == NO_TRACE or span_id == NO_SPAN:
                    bad += 1
    return count, bad


def _bad_id(span: Any) -> str:
    """What is wrong with a span's ids; empty if nothing is."""
    if len(span.trace_id) != 16:
        return f"its trace_id has {len(span.trace_id)} bytes instead of 16"
    if len(span.span_id) != 8:
        return f"its span_id has {len(span.span_id)} bytes instead of 8"
    if span.trace_id == NO_TRACE:
        return "its trace_id is all zeros"
    return "its span_id is all zeros" if span.span_id == NO_SPAN else ""


def _remove_bad(message: Any) -> str:
    """Take the spans with bad ids out; answers the sentence for the sender, which names the first."""
    first, count, bad = "", 0, 0
    for i, resource_spans in enumerate(message.resource_spans):
        for j, scope_spans in enumerate(resource_spans.scope_spans):
            good = []
            for k, span in enumerate(scope_spans.spans):
                why = _bad_id(span)
                if not why:
                    good.append(span)
                    continue
                bad += 1
                first = first or f"resource_spans[{i}].scope_spans[{j}].spans[{k}] ({span.name[:80]!r}): {why}"
            count += len(scope_spans.spans)
            if len(good) < len(scope_spans.spans):
                kept = type(scope_spans)(spans=good)
                del scope_spans.spans[:]
                scope_spans.spans.extend(kept.spans)
    return f"{bad} of {count} spans were left out for an id that cannot be one. The first is {first}."


def _points(message: Any) -> int:
    count = 0
    for resource_metrics in message.resource_metrics:
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                kind = metric.WhichOneof("data")
                if kind is not None:
                    count += len(getattr(metric, kind).data_points)
    return count


def _records(message: Any) -> int:
    return sum(
        len(scope_logs.log_records)
        for resource_logs in message.resource_logs
        for scope_logs in resource_logs.scope_logs
    )
