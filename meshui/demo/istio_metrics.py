"""What the sidecars count: Istio's standard metrics, exact for every request, whatever share of traces is sampled.

In the form in which an OpenTelemetry Collector's prometheus receiver sends a scrape of them: cumulative doubles, one
resource a proxy, labels without a value left out. https://istio.io/latest/docs/reference/config/metrics/"""

import uuid
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from meshui.demo.exchange import Exchange, Traffic
from meshui.demo.pods import Pod, Sender
from meshui.demo.topology import External, Service, Store

INTERVAL_S = 5.0
BOUNDS = (
    *(0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000),
    *(300_000, 600_000, 1_800_000, 3_600_000),
)
# Of one application's pool: a connection serves so many queries, then gives way to a new one.
QUERIES_A_CONNECTION = 200
_REQUESTS = "istio_requests_total"
_OPENED, _CLOSED = "istio_tcp_connections_opened_total", "istio_tcp_connections_closed_total"
_RECEIVED, _SENT = "istio_tcp_received_bytes_total", "istio_tcp_sent_bytes_total"
_END = ("workload", "workload_namespace", "principal", "app", "version", "cluster", "canonical_service")
_CLUSTER, _UNKNOWN, _SCRAPE_PORT = "Kubernetes", "unknown", 15090
_RECEIVER = "github.com/open-telemetry/opentelemetry-collector-contrib/receiver/prometheusreceiver"
_SCOPE = InstrumentationScope(_RECEIVER, "0.140.0")

Key = tuple[object, ...]
Labels = Mapping[str, str]


@dataclass(slots=True)
class _Distribution:
    count: int = 0
    total: float = 0.0
    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, value: int) -> None:
        self.count += 1
        self.total += value
        self.counts[bisect_left(BOUNDS, value)] += 1


@dataclass(slots=True)
class _Requests:
    """The series of one set of labels."""

    labels: Labels
    ms: _Distribution = field(default_factory=_Distribution)
    request_bytes: _Distribution = field(default_factory=_Distribution)
    response_bytes: _Distribution = field(default_factory=_Distribution)


@dataclass(slots=True)
class _Connections:
    """The series of the application's pool of connections to one store."""

    labels: Labels
    queries: int = 0
    received: int = 0
    sent: int = 0

    def counters(self) -> Iterator[tuple[str, int]]:
        opened = ceil(self.queries / QUERIES_A_CONNECTION)
        yield _OPENED, opened
        if opened > 1:
            yield _CLOSED, opened - 1
        yield _RECEIVED, self.received
        yield _SENT, self.sent


class Proxy:
    """The counters of one pod's proxy since it started, at `started_ns`."""

    def __init__(self, pod: Pod, started_ns: int) -> None:
        self.resource = _scraped(pod, started_ns)
        self._started_ns = started_ns
        self._requests: dict[Key, _Requests] = {}
        self._connections: dict[str, _Connections] = {}

    def request(self, seen: Exchange) -> None:
        """Count it."""
        target = seen.target.id if seen.target else ""
        called = seen.called.workload if seen.called else ""
        ends = (seen.at_called, seen.caller.workload, called, target)
        key = (*ends, seen.code, seen.grpc, seen.verdict.flags, seen.mutual)
        series = self._requests.get(key)
        if series is None:
            series = self._requests[key] = _Requests(_request_labels(seen))
        series.ms.add(seen.ms)
        series.request_bytes.add(seen.request_bytes)
        series.response_bytes.add(seen.response_bytes)

    def query(self, seen: Traffic) -> None:
        """Count its bytes."""
        series = self._connections.get(seen.store.id)
        if series is None:
            series = self._connections[seen.store.id] = _Connections(_tcp_labels(seen))
        series.queries += 1
        series.received += seen.request_bytes
        series.sent += seen.response_bytes

    def scraped(self, at_ns: int) -> ResourceMetrics:
        """All of it as it stands."""
        made = _Points(self._started_ns, at_ns)
        for series in self._requests.values():
            made.number(_REQUESTS, series.labels, series.ms.count)
            made.histogram("istio_request_duration_milliseconds", series.labels, series.ms)
            made.histogram("istio_request_bytes", series.labels, series.request_bytes)
            made.histogram("istio_response_bytes", series.labels, series.response_bytes)
        for connections in self._connections.values():
            for name, value in connections.counters():
                made.number(name, connections.labels, value)
        return ResourceMetrics(self.resource, [ScopeMetrics(_SCOPE, made.metrics(), "")], "")


class Proxies:
    """Every proxy of the mesh, each scraped every INTERVAL_S at a time of its own, as scrapers spread their work."""

    def __init__(self, pods: Sequence[Pod], origin_ns: int, since: float) -> None:
        self._origin_ns = origin_ns
        started_ns = origin_ns + round(since * 1e9)
        self._proxies = {pod: Proxy(pod, started_ns) for pod in pods}
        self._next = {pod: since + (number + 1) * INTERVAL_S / len(pods) for number, pod in enumerate(pods)}

    def count(self, seen: Exchange | Traffic) -> None:
        proxy = self._proxies[seen.pod]
        if isinstance(seen, Traffic):
            proxy.query(seen)
        else:
            proxy.request(seen)

    def scrape(self, at: float) -> list[ResourceMetrics]:
        """Those whose time has come by `at` (seconds after the start), as of `at`."""
        return self._scraped([pod for pod, due in self._next.items() if due <= at], at)

    def scrape_all(self, at: float) -> list[ResourceMetrics]:
        """All of them once more, as of `at`."""
        return self._scraped(self._proxies, at)

    def _scraped(self, pods: Iterable[Pod], at: float) -> list[ResourceMetrics]:
        at_ns = self._origin_ns + round(at * 1e9)
        scraped = []
        for pod in pods:
            while self._next[pod] <= at:
                self._next[pod] += INTERVAL_S
            scraped.append(self._proxies[pod].scraped(at_ns))
        return scraped


class _Points:
    """Points of one scrape, by metric."""

    def __init__(self, started_ns: int, at_ns: int) -> None:
        self._started_ns, self._at_ns = started_ns, at_ns
        self._numbers: dict[str, list[NumberDataPoint]] = {}
        self._histograms: dict[str, list[HistogramDataPoint]] = {}

    def number(self, name: str, labels: Labels, value: int) -> None:
        point = NumberDataPoint(dict(labels), self._started_ns, self._at_ns, float(value))
        self._numbers.setdefault(name, []).append(point)

    def histogram(self, name: str, labels: Labels, seen: _Distribution) -> None:
        # A scrape knows no least and greatest value; the SDK's encoder leaves out what is None.
        point = HistogramDataPoint(
            dict(labels), self._started_ns, self._at_ns, seen.count, seen.total, tuple(seen.counts), BOUNDS,
            None, None,  # type: ignore[arg-type]
        )  # fmt: skip
        self._histograms.setdefault(name, []).append(point)

    def metrics(self) -> list[Metric]:
        cumulative = AggregationTemporality.CUMULATIVE
        return [
            *(Metric(name, "", "", Sum(points, cumulative, True)) for name, points in self._numbers.items()),
            *(Metric(name, "", "", Histogram(points, cumulative)) for name, points in self._histograms.items()),
        ]


def _scraped(pod: Pod, started_ns: int) -> Sender:
    """The scrape target: `service.name` is the job's, not the pod's. Every run's pods have other uids."""
    return Sender(
        {
            "service.name": "envoy-stats",
            "service.instance.id": f"{pod.address}:{_SCRAPE_PORT}",
            "server.address": pod.address,
            "server.port": str(_SCRAPE_PORT),
            "url.scheme": "http",
            "k8s.namespace.name": pod.service.namespace,
            "k8s.deployment.name": pod.workload,
            "k8s.pod.name": pod.name,
            "k8s.pod.uid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{pod.name} {started_ns}")),
            "k8s.container.name": "istio-proxy",
        }
    )


def _request_labels(seen: Exchange) -> Labels:
    security = _UNKNOWN  # the caller's proxy never says more, whatever the connection is
    if seen.at_called:
        security = "mutual_tls" if seen.mutual else "none"
    labels = {
        "reporter": "destination" if seen.at_called else "source",
        **_end("source", seen.caller, seen.mutual),
        **_end("destination", seen.called, seen.mutual),
        **_destination(seen.target, seen.caller),
        "request_protocol": "grpc" if seen.request.grpc else "http",
        "response_code": str(seen.code),
        "response_flags": seen.verdict.flags,
        "connection_security_policy": security,
    }
    return labels | {"grpc_response_status": seen.grpc} if seen.grpc else labels


def _tcp_labels(seen: Traffic) -> Labels:
    return {
        "reporter": "source",
        **_end("source", seen.pod, False),
        **_end("destination", None, False),
        **_destination(seen.store, seen.pod),
        "request_protocol": "tcp",
        "response_flags": "-",
        "connection_security_policy": _UNKNOWN,
    }


def _end(side: str, pod: Pod | None, mutual: bool) -> dict[str, str]:
    if pod is None:
        return {f"{side}_{word}": _UNKNOWN for word in _END} | {f"{side}_canonical_revision": "latest"}
    return {
        f"{side}_workload": pod.workload,
        f"{side}_workload_namespace": pod.service.namespace,
        f"{side}_principal": pod.identity if mutual else _UNKNOWN,
        f"{side}_app": pod.service.name,
        f"{side}_version": pod.version.name,
        f"{side}_cluster": _CLUSTER,
        f"{side}_canonical_service": pod.service.name,
        f"{side}_canonical_revision": pod.version.name,
    }


def _destination(target: Service | External | Store | None, caller: Pod) -> dict[str, str]:
    """The service as it is called. A ServiceEntry for a host outside stands in its caller's namespace."""
    if target is None:
        host = name = namespace = _UNKNOWN
    elif isinstance(target, External):
        host, name, namespace = target.host, target.host, caller.service.namespace
    else:
        host, name, namespace = target.host, target.name, target.namespace
    return {
        "destination_service": host,
        "destination_service_name": name,
        "destination_service_namespace": namespace,
    }
