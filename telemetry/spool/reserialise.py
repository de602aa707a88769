"""A record in the one form the engine's parser takes: no unknown groups, no oneof set twice (engine.md §2)."""

from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.engine import Signal
from telemetry.engine.prometheus import Stored
from telemetry.spool import segment as form

_REQUESTS: dict[Signal, Any] = {
    Signal.TRACES: ExportTraceServiceRequest,
    Signal.METRICS: ExportMetricsServiceRequest,
    Signal.LOGS: ExportLogsServiceRequest,
    Signal.WRITE: Stored,
}


def reserialised(signal: Signal, record: bytes) -> bytes:
    """The same request and our same fields, with a length in front. What cannot be parsed stays as it is."""
    try:
        request = _REQUESTS[signal].FromString(record)
    except DecodeError:
        return form.framed(record)
    ours = {field.field_number: field.data for field in UnknownFieldSet(request)}
    request.DiscardUnknownFields()
    record = form.received(request.SerializeToString(), ours[form.RECEIVED], ours[form.PEER])
    return b"".join(form.stamped(record, form.mark(ours[form.SEGMENT], ours[form.SPOOL])))
