"""OpenTelemetry's Python SDK, over gRPC and over HTTP: the edges it makes have the right counts."""

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from meshui.bench.server import Server
from tests.journeys.graph import edge
from tests.waiting import until

CALLS, FAILING = 40, 10


def exporter(mesh: Server, protocol: str) -> SpanExporter:
    if protocol == "grpc":
        return GrpcExporter(endpoint=f"http://127.0.0.1:{mesh.otlp_grpc}", insecure=True)
    return HttpExporter(endpoint=f"http://127.0.0.1:{mesh.otlp_http}/v1/traces")


def provider(mesh: Server, protocol: str, service: str) -> TracerProvider:
    made = TracerProvider(
        resource=Resource.create({"service.name": service, "service.namespace": "shop", "service.version": "v1"})
    )
    made.add_span_processor(BatchSpanProcessor(exporter(mesh, protocol)))
    return made


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_calls_through_the_sdk_become_edges(mesh: Server, protocol: str) -> None:
    web, cart = provider(mesh, protocol, "web"), provider(mesh, protocol, "cart")
    for number in range(CALLS):
        call(web, cart, failing=number < FAILING)
    web.shutdown()
    cart.shutdown()

    def counted() -> bool:
        return sum(edge(mesh, "shop/web→shop/cart").get("codes", {}).values()) == CALLS

    until(counted, "all calls on the edge")
    found = edge(mesh, "shop/web→shop/cart")
    assert found["codes"] == {"200": CALLS - FAILING, "503": FAILING}
    assert found["signals"]["error_ratio"] == pytest.approx(FAILING / CALLS)
    assert found["health"] == "failing"
    assert found["protocol"] == "http"
    assert sum(edge(mesh, "shop/cart→-/cart-redis")["codes"].values()) in (0, CALLS)
    assert edge(mesh, "-/unknown→shop/web")["signals"]["rps"] > 0
    trace_id = found["failing_traces"][0]
    trace = mesh.get(f"/api/v1/traces/{trace_id}")
    assert {span["service"] for span in trace["spans"]} == {"shop/web", "shop/cart"}
    assert len(trace["spans"]) == 4


def call(web: TracerProvider, cart: TracerProvider, *, failing: bool) -> None:
    """web answers a user by asking cart, which asks its cache."""
    code = 503 if failing else 200
    with web.get_tracer("t").start_as_current_span("GET /cart", kind=SpanKind.SERVER) as entry:
        entry.set_attribute("http.response.status_code", code)
        with web.get_tracer("t").start_as_current_span("GET", kind=SpanKind.CLIENT) as client:
            client.set_attribute("http.response.status_code", code)
            with cart.get_tracer("t").start_as_current_span(
                "GET /cart", kind=SpanKind.SERVER, context=set_span_in_context(client)
            ) as server:
                server.set_attribute("http.response.status_code", code)
                if failing:
                    server.set_status(Status(StatusCode.ERROR))
                with cart.get_tracer("t").start_as_current_span("GET", kind=SpanKind.CLIENT) as cache:
                    cache.set_attributes({"db.system.name": "redis", "server.address": "cart-redis"})
