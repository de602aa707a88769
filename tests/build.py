"""Values to test with: OTLP spans, points and log records from plain Python, requests, spool records, segment files.

    get = span("GET /cart", kind="server", ms=12, attributes={"http.route": "/cart", "retries": 0})
    load(engine, tmp_path, traces(resource("cart", namespace="shop"), get))

Every default is fixed: two calls with the same arguments give the same bytes. Ids may be ints or hex text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Gauge,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from telemetry.engine.engine import Engine, Signal
from telemetry.engine.prometheus import Stored

T0 = datetime(2026, 9, 21, 10, 0, 0, tzinfo=UTC)
"""When spans of these tests start, and when their requests are received, unless said otherwise: a bucket border."""

KINDS = {"unspecified": 0, "internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
STATUSES = {"unset": 0, "ok": 1, "error": 2}
DEFAULT_SPOOL = 7

SIGNAL_OF = {
    ExportTraceServiceRequest: Signal.TRACES,
    ExportMetricsServiceRequest: Signal.METRICS,
    ExportLogsServiceRequest: Signal.LOGS,
    Stored: Signal.WRITE,
}
_tokens = count(1)


class Message(Protocol):
    """A request of one of the three signals."""

    def SerializeToString(self) -> bytes: ...


def unix_ns(at: datetime) -> int:
    """Exact: a float has 53 bits, a time in ns needs 61."""
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000


def any_value(value: Any) -> AnyValue:
    """None is the value that is set to nothing; a Mapping is a kvlist, a list or tuple an array."""
    if value is None:
        return AnyValue()
    if isinstance(value, AnyValue):
        return value
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, bytes):
        return AnyValue(bytes_value=value)
    if isinstance(value, Mapping):
        return AnyValue(kvlist_value=KeyValueList(values=key_values(value)))
    if isinstance(value, Sequence):
        return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
    raise TypeError(f"{value!r} has no AnyValue")


def key_values(attributes: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> list[KeyValue]:
    """In the order given; pairs instead of a mapping may repeat a key."""
    pairs = attributes.items() if isinstance(attributes, Mapping) else attributes
    return [KeyValue(key=key, value=any_value(value)) for key, value in pairs]


def trace_id(of: int | str | bytes) -> bytes:
    """16 bytes from an int, hex text, or bytes as they are."""
    return _id(of, 16)


def span_id(of: int | str | bytes) -> bytes:
    """8 bytes from an int, hex text, or bytes as they are."""
    return _id(of, 8)


def _id(of: int | str | bytes, length: int) -> bytes:
    if isinstance(of, bytes):
        return of
    return of.to_bytes(length, "big") if isinstance(of, int) else bytes.fromhex(of)


def event(name: str, *, at: datetime = T0, attributes: Mapping[str, Any] | None = None) -> Span.Event:
    return Span.Event(name=name, time_unix_nano=unix_ns(at), attributes=key_values(attributes or {}))


def link(trace: int | str | bytes, id: int | str | bytes, attributes: Mapping[str, Any] | None = None) -> Span.Link:  # noqa: A002  its name everywhere
    return Span.Link(trace_id=trace_id(trace), span_id=span_id(id), attributes=key_values(attributes or {}))


def span(
    name: str = "GET /",
    *,
    trace: int | str | bytes = 1,
    id: int | str | bytes = 1,  # noqa: A002  its name everywhere
    parent: int | str | bytes = b"",
    kind: str | int = "server",
    start: datetime = T0,
    start_ns: int | None = None,
    ms: float = 10.0,
    end_ns: int | None = None,
    status: str | int = "unset",
    message: str = "",
    attributes: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    events: Sequence[Span.Event] = (),
    links: Sequence[Span.Link] = (),
    trace_state: str = "",
    flags: int = 0,
) -> Span:
    """A root server span of 10 ms at T0 unless said otherwise. `start_ns`, `end_ns` win over `start`, `ms`."""
    began = unix_ns(start) if start_ns is None else start_ns
    return Span(
        trace_id=trace_id(trace),
        span_id=span_id(id),
        parent_span_id=span_id(parent) if parent else b"",
        trace_state=trace_state,
        name=name,
        kind=KINDS[kind] if isinstance(kind, str) else kind,  # type: ignore[arg-type]
        start_time_unix_nano=began,
        end_time_unix_nano=began + round(ms * 1_000_000) if end_ns is None else end_ns,
        attributes=key_values(attributes),
        events=events,
        links=links,
        status=Status(code=STATUSES[status] if isinstance(status, str) else status, message=message),  # type: ignore[arg-type]
        flags=flags,
    )


@dataclass(frozen=True)
class Sender:
    """A resource and the scope its data is sent under."""

    resource: Resource
    scope: InstrumentationScope


def resource(
    service: str = "",
    *,
    namespace: str = "",
    version: str = "",
    instance: str = "",
    cluster: str = "",
    scope: str = "",
    scope_version: str = "",
    attributes: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
) -> Sender:
    """Kubernetes and service attributes for what is named, nothing for what is not; `attributes` come after."""
    named = {
        "service.name": service,
        "k8s.namespace.name": namespace,
        "service.version": version,
        "service.instance.id": instance,
        "k8s.cluster.name": cluster,
    }
    own = key_values({key: value for key, value in named.items() if value}) + key_values(attributes)
    return Sender(Resource(attributes=own), InstrumentationScope(name=scope, version=scope_version))


def traces(sender: Sender | None = None, *spans: Span) -> ExportTraceServiceRequest:
    """One request with one resource. Add several with `merged`."""
    who = sender or resource()
    scope_spans = ScopeSpans(scope=who.scope, spans=spans)
    return ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=who.resource, scope_spans=[scope_spans])])


def metrics(sender: Sender | None = None, *of: Metric) -> ExportMetricsServiceRequest:
    who = sender or resource()
    scope_metrics = ScopeMetrics(scope=who.scope, metrics=of)
    return ExportMetricsServiceRequest(
        resource_metrics=[ResourceMetrics(resource=who.resource, scope_metrics=[scope_metrics])]
    )


def logs(sender: Sender | None = None, *records: LogRecord) -> ExportLogsServiceRequest:
    who = sender or resource()
    scope_logs = ScopeLogs(scope=who.scope, log_records=records)
    return ExportLogsServiceRequest(resource_logs=[ResourceLogs(resource=who.resource, scope_logs=[scope_logs])])


def gauge(name: str, *points: NumberDataPoint, unit: str = "") -> Metric:
    return Metric(name=name, unit=unit, gauge=Gauge(data_points=points))


def counter(
    name: str, *points: NumberDataPoint, unit: str = "", temporality: int = 2, monotonic: bool = True
) -> Metric:
    total = Sum(data_points=points, aggregation_temporality=temporality, is_monotonic=monotonic)  # type: ignore[arg-type]
    return Metric(name=name, unit=unit, sum=total)


def point(
    value: float,
    *,
    at: datetime = T0,
    start: datetime | None = None,
    attributes: Mapping[str, Any] | None = None,
    flags: int = 0,
) -> NumberDataPoint:
    """An int value is sent `as_int`, a float `as_double`."""
    made = NumberDataPoint(
        time_unix_nano=unix_ns(at),
        start_time_unix_nano=unix_ns(start) if start else 0,
        attributes=key_values(attributes or {}),
        flags=flags,
    )
    if isinstance(value, int):
        made.as_int = value
    else:
        made.as_double = value
    return made


def log(
    body: Any = "",
    *,
    at: datetime = T0,
    observed: datetime | None = None,
    severity: int = 0,
    severity_text: str = "",
    attributes: Mapping[str, Any] | None = None,
    trace: int | str | bytes = b"",
    id: int | str | bytes = b"",  # noqa: A002  its name everywhere
    flags: int = 0,
) -> LogRecord:
    return LogRecord(
        time_unix_nano=unix_ns(at),
        observed_time_unix_nano=unix_ns(observed) if observed else 0,
        severity_number=severity,  # type: ignore[arg-type]
        severity_text=severity_text,
        body=any_value(body),
        attributes=key_values(attributes or {}),
        trace_id=trace_id(trace) if trace else b"",
        span_id=span_id(id) if id else b"",
        flags=flags,
    )


def merged(*requests: Any) -> Any:
    """One request holding what several held (all of one signal)."""
    whole = type(requests[0])()
    for request in requests:
        whole.MergeFrom(request)
    return whole


def varint(value: int) -> bytes:
    """Base-128, low groups first; `value` ≥ 0."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def record(
    request: Message | bytes,
    *,
    segment: int = 0,
    received: datetime = T0,
    peer: str = "127.0.0.1:9",
    spool: int = DEFAULT_SPOOL,
) -> bytes:
    """A request with our four fields appended, as it stands in a segment (docs/architecture.md), without its length."""
    body = request if isinstance(request, bytes) else request.SerializeToString()
    name = peer.encode()
    return b"".join(
        (
            body,
            varint(1001 << 3) + varint(unix_ns(received)),
            varint(1002 << 3 | 2) + varint(len(name)) + name,
            varint(1000 << 3) + varint(segment),
            varint(1003 << 3 | 1) + spool.to_bytes(8, "little"),
        )
    )


def write_segment(path: Path, records: Iterable[bytes]) -> Path:
    """A file that the engine loads: each record behind its length."""
    path.write_bytes(b"".join(varint(len(one)) + one for one in records))
    return path


def load(
    engine: Engine,
    folder: Path,
    *requests: Any,
    segment: int | None = None,
    received: datetime = T0,
    peer: str = "127.0.0.1:9",
    spool: int = DEFAULT_SPOOL,
    finished: bool = True,
) -> int:
    """Insert requests (of one signal) as one segment and, like the loader, note it in `loaded`; answers its number."""
    number = next(_tokens) if segment is None else segment
    path = folder / f"{spool}-{number}.seg"
    write_segment(path, [record(r, segment=number, received=received, peer=peer, spool=spool) for r in requests])
    engine.insert(SIGNAL_OF[type(requests[0])], path, f"{spool}-{number}")
    path.unlink()
    if finished:
        engine.insert_rows("loaded", [{"spool": spool, "segment": number, "at": received}])
    return number


def later(seconds: float) -> datetime:
    """T0 and so many seconds."""
    return T0 + timedelta(seconds=seconds)
