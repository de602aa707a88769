"""What the readers make of files: requests of one signal, with their items counted and their times at hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

Message = Any
MICROSECONDS_BELOW = 10**17


@dataclass(frozen=True, slots=True)
class Signal:
    """One of OTLP's three, or Zipkin: where it goes, how its message is called, and what one item of it is called."""

    name: str
    path: str
    message: Callable[[], Message] | None
    items: str


TRACES = Signal("traces", "/v1/traces", ExportTraceServiceRequest, "spans")
METRICS = Signal("metrics", "/v1/metrics", ExportMetricsServiceRequest, "points")
LOGS = Signal("logs", "/v1/logs", ExportLogsServiceRequest, "log records")
ZIPKIN = Signal("zipkin", "/api/v2/spans", None, "Zipkin spans")

_POINTS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")


@dataclass(slots=True)
class Record:
    """One request. `message` is OTLP's protobuf, or a list of Zipkin spans; `share` of its file it is, 0..1."""

    signal: Signal
    message: Message
    share: float = 0.0

    def count(self) -> int:
        return len(self.message) if self.signal is ZIPKIN else sum(1 for _ in items(self.signal, self.message))

    def times(self) -> tuple[int, int] | None:
        """Oldest and newest time in it, Unix ns; None where nothing has a time."""
        found = [at for at in _times(self) if at]
        return (min(found), max(found)) if found else None


def items(signal: Signal, message: Message) -> Iterator[Message]:
    """Spans, points or log records of an OTLP request."""
    if signal is TRACES:
        yield from (span for r in message.resource_spans for scope in r.scope_spans for span in scope.spans)
    elif signal is LOGS:
        yield from (log for r in message.resource_logs for scope in r.scope_logs for log in scope.log_records)
    else:
        for resource in message.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    kind = metric.WhichOneof("data")
                    if kind in _POINTS:
                        yield from getattr(metric, kind).data_points


def _times(record: Record) -> Iterator[int]:
    if record.signal is ZIPKIN:
        for span in record.message:
            start = int(span.get("timestamp") or 0) * 1000
            yield start
            yield start + int(span.get("duration") or 0) * 1000 if start else 0
        return
    for item in items(record.signal, record.message):
        if record.signal is TRACES:
            yield item.start_time_unix_nano
            yield item.end_time_unix_nano
        else:
            yield item.time_unix_nano
            if record.signal is LOGS and not item.time_unix_nano:
                yield item.observed_time_unix_nano
