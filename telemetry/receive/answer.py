"""Answers in the sender's own encoding: an export response, with partial_success if any, or a google.rpc.Status."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from telemetry.engine.engine import Signal
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PROTOBUF, JSON = b"application/x-protobuf", b"application/json"
_RESPONSES: dict[Signal, tuple[Any, str, str]] = {
    Signal.TRACES: (ExportTraceServiceResponse, "rejected_spans", "rejectedSpans"),
    Signal.METRICS: (ExportMetricsServiceResponse, "rejected_data_points", "rejectedDataPoints"),
    Signal.LOGS: (ExportLogsServiceResponse, "rejected_log_records", "rejectedLogRecords"),
}


def response(batch: Batch) -> bytes:
    """Protobuf; no bytes at all when everything was taken."""
    if not batch.rejected:
        return b""
    message, field, _ = _RESPONSES[batch.signal]
    partial = {field: batch.rejected, "error_message": batch.reason}
    data: bytes = message(partial_success=partial).SerializeToString()
    return data


def success(status: int, json: bool, batch: Batch) -> tuple[bytes, bytes]:
    """Content type and content. A 202 (Zipkin) has none unless spans were left out."""
    if not json:
        return PROTOBUF, response(batch)
    if batch.rejected:
        name = _RESPONSES[batch.signal][2]
        partial = {name: str(batch.rejected), "errorMessage": batch.reason}
        return JSON, orjson.dumps({"partialSuccess": partial})
    return JSON, b"" if status == 202 else b"{}"


def status_of(no: Rejection) -> Status:
    """The google.rpc.Status of a no; with RetryInfo exactly if the sender may come again."""
    status = Status(code=no.grpc, message=no.text)
    if no.retry_after_s:
        status.details.add().Pack(RetryInfo(retry_delay=Duration(seconds=no.retry_after_s)))
    return status


def failure(no: Rejection, json: bool) -> tuple[bytes, bytes]:
    """Content type and content."""
    if not json:
        return PROTOBUF, status_of(no).SerializeToString()
    body: dict[str, Any] = {"code": no.grpc, "message": no.text}
    if no.retry_after_s:
        kind = f"type.googleapis.com/{RetryInfo.DESCRIPTOR.full_name}"
        body["details"] = [{"@type": kind, "retryDelay": f"{no.retry_after_s}s"}]
    return JSON, orjson.dumps(body)


def failure_headers(no: Rejection) -> Headers:
    headers: Headers = []
    if no.retry_after_s:
        headers.append((b"retry-after", str(no.retry_after_s).encode()))
    if no.http == 401:
        headers.append((b"www-authenticate", b'Bearer realm="MeshUI telemetry"'))
    if no.http == 408:
        headers.append((b"connection", b"close"))
    if no.http == 405:
        headers.append((b"allow", b"POST"))
    return headers


async def send(send_: Send, status: int, kind: bytes, content: bytes, extra: Headers | None = None) -> None:
    """One whole answer; a 204 has no content by its nature."""
    about = [] if status == 204 else [(b"content-type", kind), (b"content-length", str(len(content)).encode())]
    headers = [*about, *(extra or ())]
    await send_({"type": "http.response.start", "status": status, "headers": headers})
    await send_({"type": "http.response.body", "body": content})
