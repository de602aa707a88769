"""Facts of proxies for hints: what Envoys say in spans, logs and statistics, and what the recorded ones with other
configurations do not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.hints import Seen, hints
from telemetry.rollup.metrics import read_series
from telemetry.rollup.proxies import seen
from tests.build import T0, counter, gauge, load, log, logs, metrics, point, resource, span, traces
from tests.recorded import messages, recorded

NOW = T0 + timedelta(seconds=30)
WHOLE: dict[str, Any] = {"namespace": "shop", "version": "v1", "instance": "cart-1"}
INBOUND = {"component": "proxy", "traffic_direction": "inbound", "upstream_cluster": "local_app"}
RECORDED: dict[str, Any] = {
    "traces": ExportTraceServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "logs": ExportLogsServiceRequest,
}


def one(engine: EmbeddedEngine) -> Seen:
    (only,) = seen(engine, NOW)
    return only


def test_nothing_sent_is_nobody_seen(engine: EmbeddedEngine) -> None:
    assert seen(engine, NOW) == ()


def test_spans_that_say_all(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = INBOUND | {"http.status_code": "403", "response_code_details": "rbac_access_denied"}
    tls = {"downstream_tls_version": "TLSv1.3", "downstream_peer_uri_san": "spiffe://m/ns/shop/sa/web"}
    load(engine, tmp_path, traces(resource("cart", scope="envoy", **WHOLE), span("ingress", attributes=told | tls)))
    assert one(engine) == Seen("shop/cart", secured=True, directed=True, flagged=True)


def test_spans_that_say_little(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = INBOUND | {"http.status_code": "403"}
    load(engine, tmp_path, traces(resource("cart", scope="envoy"), span("ingress", attributes=told)))
    assert one(engine) == Seen(
        "-/cart", ("namespace", "version", "instance"), secured=False, directed=True, flagged=False
    )


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"scope": "envoy", "attributes": {"istio.canonical_service": "cart"}}, id="Istio's"),
        pytest.param({"scope": "io.opentelemetry.http", "attributes": {}}, id="an application's"),
    ],
)
def test_others_are_not_asked(engine: EmbeddedEngine, tmp_path: Path, sent: dict[str, Any]) -> None:
    told = INBOUND | sent["attributes"]
    load(engine, tmp_path, traces(resource("cart", scope=sent["scope"]), span("ingress", attributes=told)))
    assert seen(engine, NOW) == ()


def test_what_was_sent_long_ago_is_no_fact(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(resource("cart", scope="envoy"), span("ingress", attributes=INBOUND)))
    assert len(seen(engine, NOW)) == 1
    assert seen(engine, NOW + timedelta(minutes=6)) == ()


def test_logs_tell_plaintext_where_spans_say_nothing(engine: EmbeddedEngine, tmp_path: Path) -> None:
    record = {
        "traffic_direction": "inbound", "response_code": "200", "response_flags": "-", "upstream_cluster": "local_app",
        "downstream_tls_version": "-", "downstream_peer_uri_san": "-", "method": "GET", "path": "/",
        "upstream_host": "127.0.0.1:18080",
    }  # fmt: skip
    cart = resource("cart", scope="envoy", **WHOLE)
    load(engine, tmp_path, traces(cart, span("ingress", attributes=INBOUND)))
    assert one(engine).secured is False
    load(engine, tmp_path, logs(resource("cart", **WHOLE), log(attributes=record)))
    assert one(engine).secured is True


def test_statistics(engine: EmbeddedEngine, tmp_path: Path) -> None:
    pay = {"envoy.cluster_name": "pay"}
    sent = [
        counter("cluster.svc.upstream_rq_completed", point(5, attributes=pay)),
        gauge("cluster.circuit_breakers.default.cx_open", point(0, attributes=pay)),
    ]
    load(engine, tmp_path, metrics(resource("cart", **WHOLE), *sent))
    read_series(engine, T0, T0 + timedelta(minutes=1))
    assert one(engine) == Seen("shop/cart", flagged=False, limited=False, whole=False)
    better = [
        counter("cluster.upstream_rq_completed", point(5, attributes={"envoy.cluster_name": "pay.svc"})),
        gauge("cluster.circuit_breakers.default.remaining_rq", point(9, attributes={"envoy.cluster_name": "pay.svc"})),
    ]
    load(engine, tmp_path, metrics(resource("stock", **WHOLE), *better))
    read_series(engine, T0, T0 + timedelta(minutes=1))
    facts = {each.sender: each for each in seen(engine, NOW)}
    assert (facts["shop/stock"].limited, facts["shop/stock"].whole) == (True, True)


def load_recording(engine: EmbeddedEngine, folder: Path, variant: str) -> datetime:
    """A recording with its times as they are, in the order in which proxies sent; when it ended."""
    at = datetime.fromtimestamp(0, UTC)
    base = recorded("envoy", "variants", variant)
    for signal, message in RECORDED.items():
        requests = [message.FromString(each) for each in messages(base / f"{signal}.otlp.bin.gz")]
        at = max(at, *(_newest(request) for request in requests))
        load(engine, folder, *requests, received=at + timedelta(seconds=1))
    read_series(engine, _minute(at - timedelta(minutes=2)), _minute(at + timedelta(minutes=1)))
    return at


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _newest(request: Any) -> datetime:
    """The newest time in a request, wherever it stands in its text form."""
    times = [int(line.split(":")[1]) for line in str(request).splitlines() if "time_unix_nano:" in line]
    return datetime.fromtimestamp(max(time for time in times if time > 10**17) / 1e9, UTC)


@pytest.mark.parametrize(
    ("variant", "kinds"),
    [
        pytest.param("spawn", {"resource", "mtls", "flags", "names"}, id="no resource, no custom tags"),
        pytest.param("operation", {"resource", "direction", "limits", "names"}, id="own span names and spawned spans"),
        pytest.param("full-names", {"resource", "limits"}, id="whole names"),
    ],
)
def test_recorded_envoys_lack_what_their_configuration_leaves_out(
    engine: EmbeddedEngine, tmp_path: Path, variant: str, kinds: set[str]
) -> None:
    at = load_recording(engine, tmp_path, variant)
    assert {hint.kind for hint in hints(seen(engine, at))} == kinds
