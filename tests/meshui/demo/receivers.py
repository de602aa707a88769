"""Real OTLP receivers on free ports that write down what they get: the far end of what demo and replay send."""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

MESSAGES = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
    "/v1/logs": ExportLogsServiceRequest,
}


@dataclass
class Answer:
    """What the receiver says next instead of yes."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Point:
    """A data point with text attributes of its resource, and its metric."""

    resource: dict[str, str]
    metric: Any
    labels: dict[str, str]
    data: Any


@dataclass
class Received:
    """`posts`: (path, headers, request) in the order received, refused ones too. `answers` are used up first."""

    endpoint: str
    posts: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def of(self, path: str) -> list[Any]:
        with self.lock:
            return [request for at, _, request in self.posts if at == path]

    def spans(self) -> list[tuple[dict[str, str], Any]]:
        """Each with its resource's text attributes."""
        return [
            ({each.key: each.value.string_value for each in resource.resource.attributes}, span)
            for request in self.of("/v1/traces")
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def logs(self) -> list[Any]:
        return [
            log
            for request in self.of("/v1/logs")
            for resource in request.resource_logs
            for scope in resource.scope_logs
            for log in scope.log_records
        ]

    def points(self) -> list[Point]:
        """In the order received: sums and histograms."""
        return [
            Point(
                {each.key: each.value.string_value for each in resource.resource.attributes},
                metric,
                {each.key: each.value.string_value for each in point.attributes},
                point,
            )
            for request in self.of("/v1/metrics")
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in (*metric.sum.data_points, *metric.histogram.data_points)
        ]


@contextmanager
def http_receiver() -> Iterator[Received]:
    """OTLP/HTTP and Zipkin."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                data = gzip.decompress(data)
            headers = {name.lower(): value for name, value in self.headers.items()}
            with received.lock:
                parsed = json.loads(data) if self.path == "/api/v2/spans" else MESSAGES[self.path].FromString(data)
                received.posts.append((self.path, headers, parsed))
                answer = received.answers.pop(0) if received.answers else Answer(200)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Received(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def grpc_receiver(port: int = 0) -> Iterator[Received]:
    """OTLP/gRPC: traces, metrics and logs."""

    def method(path: str, request: Any, answer: Any) -> grpc.GenericRpcHandler:
        def take(message: Any, context: grpc.ServicerContext) -> Any:
            with received.lock:
                received.posts.append((path, dict(context.invocation_metadata()), message))
            return answer()

        return grpc.unary_unary_rpc_method_handler(take, request.FromString, lambda each: each.SerializeToString())

    server = grpc.server(ThreadPoolExecutor(4))
    received = Received("")
    for service, path, request, answer in (
        ("trace.v1.TraceService", "/v1/traces", ExportTraceServiceRequest, ExportTraceServiceResponse),
        ("metrics.v1.MetricsService", "/v1/metrics", ExportMetricsServiceRequest, ExportMetricsServiceResponse),
        ("logs.v1.LogsService", "/v1/logs", ExportLogsServiceRequest, ExportLogsServiceResponse),
    ):
        handler = {"Export": method(path, request, answer)}
        name = f"opentelemetry.proto.collector.{service}"
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handler),))
    received.endpoint = f"http://127.0.0.1:{server.add_insecure_port(f'127.0.0.1:{port}')}"
    server.start()
    try:
        yield received
    finally:
        server.stop(None).wait()
