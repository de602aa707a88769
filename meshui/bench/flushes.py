"""Prepared flushes of Envoy's stats sink: about 300 points a proxy every 5 s, one Metric a point, cumulative.

Names, tags and shapes are those a real Envoy sends (a sidecar with three upstreams). A proxy's flush is serialised
once; what moves from flush to flush has a fixed width on the wire and holds a mark that says by how much: a fresh flush
is a patched copy."""

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric, ScopeMetrics

FLUSH_S = 5
SERVICES = 50
UPSTREAMS = 3
REQUESTS = 40
"""Of one upstream in one flush; a tenth fails."""
BEFORE = 720
"""Flushes before the first that is sent: proxies run for an hour by then."""
BOUNDS = (
    *(0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000),
    *(300_000, 600_000, 1_800_000, 3_600_000),
)
_TIME, _INTEGER, _DOUBLE = b"t", b"i", b"d"
_SENTINEL = b"\xa5\xa5\xa5"
_MARK = re.compile(_SENTINEL + rb"([tid])(.{4})", re.DOTALL)
_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE

Tags = Mapping[str, str]

_CODES = {"200": REQUESTS * 9 // 10, "503": REQUESTS // 10}
_CLUSTER_COUNTERS = {
    "upstream_rq_total": REQUESTS, "upstream_rq_completed": REQUESTS,
    "upstream_cx_rx_bytes_total": REQUESTS * 700, "upstream_cx_tx_bytes_total": REQUESTS * 500,
    "upstream_cx_total": 1, "upstream_cx_http1_total": 1, "upstream_cx_destroy": 1, "upstream_cx_destroy_remote": 1,
    "upstream_rq_pending_total": 1, "upstream_rq_retry": 1, "upstream_rq_retry_success": 0,
    "upstream_cx_connect_fail": 0, "upstream_rq_timeout": 0, "ssl.handshake": 1,
    "membership_change": 0, "default.total_match_count": 0,
}  # fmt: skip
_CLUSTER_GAUGES = (
    *(f"circuit_breakers.default.{what}" for what in ("cx_open", "cx_pool_open", "rq_open", "rq_pending_open")),
    *(f"circuit_breakers.default.remaining_{what}" for what in ("cx", "pending", "rq", "retries")),
    *(f"membership_{what}" for what in ("degraded", "excluded", "healthy", "total")),
    *("upstream_cx_active", "upstream_cx_rx_bytes_buffered", "upstream_rq_active", "upstream_rq_pending_active"),
    *("warming_state", "outlier_detection.ejections_active"),
)
_CLUSTER_HISTOGRAMS = (*("upstream_rq_time", "upstream_cx_connect_ms", "upstream_cx_length_ms", "upstream_rq_per_cx"),)
_HTTP_COUNTERS = {
    "downstream_rq_total": REQUESTS, "downstream_rq_completed": REQUESTS, "rq_total": REQUESTS,
    "downstream_rq_http1_total": REQUESTS, "tracing.random_sampling": REQUESTS,
    "downstream_cx_rx_bytes_total": REQUESTS * 500, "downstream_cx_tx_bytes_total": REQUESTS * 700,
    "downstream_cx_total": 1, "downstream_cx_http1_total": 1, "downstream_cx_destroy": 1,
}  # fmt: skip
_HTTP_GAUGES = ("downstream_cx_active", "downstream_cx_http1_active", "downstream_cx_rx_bytes_buffered",
                "downstream_rq_active")  # fmt: skip
_SERVER_GAUGES = ("live", "uptime", "concurrency", "memory_allocated", "memory_heap_size", "memory_physical_size",
                  "state", "total_connections", "version", "days_until_first_cert_expiring")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flush:
    """One proxy's, ready to be patched."""

    points: int
    _bytes: bytes
    _times: Sequence[int]
    _integers: Sequence[tuple[int, int]]
    _doubles: Sequence[tuple[int, int]]

    def body(self, number: int, at_ns: int) -> bytes:
        """Its flush `number` (from 1 on), at `at_ns`."""
        out, count, time = bytearray(self._bytes), BEFORE + number, struct.pack("<Q", at_ns)
        for at in self._times:
            out[at : at + 8] = time
        for at, step in self._integers:
            struct.pack_into("<q", out, at, step * count)
        for at, step in self._doubles:
            struct.pack_into("<d", out, at, float(step * count))
        return bytes(out)


def flush(proxy: int, started_ns: int, *, istio: bool) -> Flush:
    """Of proxy number `proxy`, an instance of one of SERVICES services, up since `started_ns`; `istio`: istio_* too."""
    request = ExportMetricsServiceRequest()
    resource_metrics = request.resource_metrics.add()
    service, instance = proxy % SERVICES, proxy // SERVICES
    resource_metrics.resource.attributes.extend(_texts({
        "service.instance.id": f"service-{service}-v1-{instance}", "service.name": f"service-{service}",
        "service.namespace": "bench", "service.version": "v1", "telemetry.sdk.name": "envoy",
        "telemetry.sdk.language": "cpp", "telemetry.sdk.version": "9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0",
    }))  # fmt: skip
    # The sink says when the process started in microseconds.
    writer = _Writer(resource_metrics.scope_metrics.add(), started_ns // 1000)
    upstreams = [f"service-{(service + step) % SERVICES}" for step in range(1, UPSTREAMS + 1)]
    for cluster in ("local_app", *upstreams):
        _cluster(writer, cluster, "external")
    _cluster(writer, "otlp_grpc", "internal")
    for prefix in ("inbound", "outbound"):
        _listener(writer, prefix)
    for name in _SERVER_GAUGES:
        writer.gauge(f"server.{name}", {})
    if istio:
        for step, upstream in enumerate(upstreams, start=1):
            _istio(writer, "source", f"service-{service}", upstream)
            _istio(writer, "destination", f"service-{(service - step) % SERVICES}", f"service-{service}")
    data = request.SerializeToString()
    marks = [(match.start(), match[1], int.from_bytes(match[2], "big")) for match in _MARK.finditer(data)]
    return Flush(
        writer.points,
        data,
        [at for at, kind, _ in marks if kind == _TIME],
        [(at, step) for at, kind, step in marks if kind == _INTEGER],
        [(at, step) for at, kind, step in marks if kind == _DOUBLE],
    )


def flushes(made_of: Sequence[Flush], count: int, start_ns: int, every_ns: int) -> Iterator[bytes]:
    """`count` fresh ones, each proxy's in turn, to be sent `every_ns` apart from `start_ns` on."""
    for number in range(count):
        yield made_of[number % len(made_of)].body(number // len(made_of) + 1, start_ns + number * every_ns)


class _Writer:
    """One Metric for each point, as the sink writes."""

    def __init__(self, scope: ScopeMetrics, started_us: int) -> None:
        self._scope, self._started_us = scope, started_us
        self.points = 0

    def counter(self, name: str, tags: Tags, step: int) -> None:
        metric = self._metric(name)
        metric.sum.aggregation_temporality, metric.sum.is_monotonic = _CUMULATIVE, True
        point = metric.sum.data_points.add(start_time_unix_nano=self._started_us, time_unix_nano=_mark(_TIME))
        point.as_int = _mark(_INTEGER, step, signed=True) if step else 1
        point.attributes.extend(_texts(tags))

    def gauge(self, name: str, tags: Tags) -> None:
        point = self._metric(name).gauge.data_points.add(time_unix_nano=_mark(_TIME), as_int=1)
        point.attributes.extend(_texts(tags))

    def histogram(self, name: str, tags: Tags, step: int) -> None:
        """`step` more a flush: most between 1 and 5, some up to 25."""
        metric = self._metric(name)
        metric.histogram.aggregation_temporality = _CUMULATIVE
        point = metric.histogram.data_points.add(start_time_unix_nano=self._started_us, time_unix_nano=_mark(_TIME))
        counts = [0, step // 4, step - step // 4 * 3, step // 4, step // 4] + [0] * (len(BOUNDS) - 4)
        point.count = _mark(_INTEGER, step)
        point.sum = struct.unpack("<d", _marked(_DOUBLE, step * 6))[0]
        point.bucket_counts.extend(_mark(_INTEGER, count) if count else 0 for count in counts)
        point.explicit_bounds.extend(BOUNDS)
        point.attributes.extend(_texts(tags))

    def _metric(self, name: str) -> Metric:
        self.points += 1
        metric: Metric = self._scope.metrics.add(name=name)
        return metric


def _cluster(writer: _Writer, cluster: str, whose: str) -> None:
    """`whose`: `internal` where only the proxy itself calls, which is how its own traffic is told from the mesh's."""
    tags = {"envoy.cluster_name": cluster}
    writer.counter(f"cluster.{whose}.upstream_rq_completed", tags, REQUESTS)
    writer.histogram(f"cluster.{whose}.upstream_rq_time", tags, REQUESTS)
    for name, step in _CLUSTER_COUNTERS.items():
        writer.counter(f"cluster.{name}", tags, step)
    for code, step in _CODES.items():
        for prefix in ("", f"{whose}."):
            writer.counter(f"cluster.{prefix}upstream_rq", tags | {"envoy.response_code": code}, step)
            writer.counter(f"cluster.{prefix}upstream_rq_xx", tags | {"envoy.response_code_class": code[0]}, step)
    for name in _CLUSTER_GAUGES:
        writer.gauge(f"cluster.{name}", tags)
    for name in _CLUSTER_HISTOGRAMS:
        writer.histogram(f"cluster.{name}", tags, REQUESTS)


def _listener(writer: _Writer, prefix: str) -> None:
    tags = {"envoy.http_conn_manager_prefix": prefix}
    for name, step in _HTTP_COUNTERS.items():
        writer.counter(f"http.{name}", tags, step)
    for code, step in _CODES.items():
        writer.counter("http.downstream_rq_xx", tags | {"envoy.response_code_class": code[0]}, step)
    for name in _HTTP_GAUGES:
        writer.gauge(f"http.{name}", tags)
    for name in ("downstream_rq_time", "downstream_cx_length_ms"):
        writer.histogram(f"http.{name}", tags, REQUESTS)


def _istio(writer: _Writer, reporter: str, caller: str, called: str) -> None:
    """Requests as Istio's filter counts them at one side; the sink leaves its prefix on the names."""
    for code, step in _CODES.items():
        labels = {
            "reporter": reporter, **_end("source", caller), **_end("destination", called),
            "destination_service": f"{called}.bench.svc.cluster.local", "destination_service_name": called,
            "destination_service_namespace": "bench", "request_protocol": "http", "response_code": code,
            "response_flags": "-", "connection_security_policy": "unknown" if reporter == "source" else "mutual_tls",
        }  # fmt: skip
        writer.counter("istiocustom.istio_requests_total", labels, step)
        for name in ("request_duration_milliseconds", "request_bytes", "response_bytes"):
            writer.histogram(f"istiocustom.istio_{name}", labels, step)


def _end(side: str, name: str) -> dict[str, str]:
    return {
        f"{side}_workload": f"{name}-v1", f"{side}_workload_namespace": "bench", f"{side}_app": name,
        f"{side}_principal": f"spiffe://cluster.local/ns/bench/sa/{name}", f"{side}_version": "v1",
        f"{side}_cluster": "Kubernetes", f"{side}_canonical_service": name, f"{side}_canonical_revision": "v1",
    }  # fmt: skip


def _texts(values: Tags) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in values.items()]


def _marked(kind: bytes, step: int = 0) -> bytes:
    return _SENTINEL + kind + step.to_bytes(4, "big")


def _mark(kind: bytes, step: int = 0, *, signed: bool = False) -> int:
    """Eight bytes on the wire that occur nowhere else in the request."""
    return int.from_bytes(_marked(kind, step), "little", signed=signed)
