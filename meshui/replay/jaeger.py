"""Jaeger's JSON, as its query API (`data` around the traces) and its UI save it, into OTLP."""

from base64 import b64decode
from binascii import Error
from collections import defaultdict
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from meshui.replay.record import TRACES, Message, Record
from meshui.replay.unreadable import Unreadable

_KINDS = {
    "client": Span.SPAN_KIND_CLIENT,
    "server": Span.SPAN_KIND_SERVER,
    "producer": Span.SPAN_KIND_PRODUCER,
    "consumer": Span.SPAN_KIND_CONSUMER,
    "internal": Span.SPAN_KIND_INTERNAL,
}
_TRUE = {True, "true", "1"}


def is_jaeger(document: object) -> bool:
    """A trace, or a list of them, or either below `data`."""
    traces = _traces(document)
    return bool(traces) and all(isinstance(each, dict) and "spans" in each and "processes" in each for each in traces)


def read(document: object, share: float) -> list[Record]:
    """One record a trace. Raises Unreadable for a trace that is none."""
    traces = _traces(document)
    return [Record(TRACES, _request(trace), share / len(traces)) for trace in traces]


def _traces(document: object) -> list[Any]:
    if isinstance(document, dict) and "data" in document:
        document = document["data"]
    if isinstance(document, dict):
        return [document]
    return document if isinstance(document, list) else []


def _request(trace: dict[str, Any]) -> Message:
    by_process: dict[str, list[dict[str, Any]]] = defaultdict(list)
    request = ExportTraceServiceRequest()
    try:
        for span in trace["spans"]:
            by_process[span.get("processID", "")].append(span)
        for process_id, spans in by_process.items():
            process = spans[0].get("process") or (trace["processes"] or {}).get(process_id) or {}
            resource_spans = request.resource_spans.add()
            resource = resource_spans.resource
            _tag(resource.attributes.add(), "service.name", "string", process.get("serviceName", ""))
            for tag in process.get("tags") or ():
                _tag(resource.attributes.add(), tag["key"], tag.get("type", "string"), tag["value"])
            scope = resource_spans.scope_spans.add()
            for span in spans:
                _span(scope.spans.add(), span)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise Unreadable(f"broken Jaeger span: {error!r}") from error
    return request


def _span(into: Message, span: dict[str, Any]) -> None:
    into.trace_id, into.span_id = _id(span["traceID"], 32), _id(span["spanID"], 16)
    into.name = span["operationName"]
    into.start_time_unix_nano = int(span["startTime"]) * 1000
    into.end_time_unix_nano = into.start_time_unix_nano + int(span["duration"]) * 1000
    for reference in span.get("references") or ():
        same = _id(reference["traceID"], 32) == into.trace_id
        if reference["refType"] == "CHILD_OF" and same and not into.parent_span_id:
            into.parent_span_id = _id(reference["spanID"], 16)
        else:
            into.links.add(trace_id=_id(reference["traceID"], 32), span_id=_id(reference["spanID"], 16))
    for tag in span.get("tags") or ():
        _meaning(into, tag["key"], tag["value"])
        _tag(into.attributes.add(), tag["key"], tag.get("type", "string"), tag["value"])
    for log in span.get("logs") or ():
        event = into.events.add(time_unix_nano=int(log["timestamp"]) * 1000)
        for field in log["fields"]:
            if field["key"] == "event":
                event.name = str(field["value"])
            else:
                _tag(event.attributes.add(), field["key"], field.get("type", "string"), field["value"])


def _meaning(into: Message, key: str, value: Any) -> None:
    """Tags that say what OTLP has fields for."""
    if key == "span.kind":
        into.kind = _KINDS.get(str(value), Span.SPAN_KIND_UNSPECIFIED)
    elif (key == "error" and value in _TRUE) or (key == "otel.status_code" and value == "ERROR"):
        into.status.code = Status.STATUS_CODE_ERROR
    elif key == "otel.status_description":
        into.status.message = str(value)


def _tag(into: KeyValue, key: str, kind: str, value: Any) -> None:
    into.key = key
    if kind == "bool":
        into.value.bool_value = value in _TRUE
    elif kind == "int64":
        into.value.int_value = int(value)
    elif kind == "float64":
        into.value.double_value = float(value)
    elif kind == "binary":
        try:
            into.value.bytes_value = b64decode(value, validate=True)
        except Error:
            into.value.string_value = str(value)
    else:
        into.value.string_value = str(value)


def _id(text: str, digits: int) -> bytes:
    """Ids come without their leading zeros, and of both lengths."""
    return bytes.fromhex(text.rjust(digits, "0")[-digits:])
