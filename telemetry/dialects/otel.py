"""Metrics of applications by OpenTelemetry's conventions, old names and new, and of gRPC libraries.
mesh-telemetry.md §4.4; opentelemetry.io/docs/specs/semconv/{http,rpc,database}."""

from telemetry.dialects.dialect import Dialect, Metric, Side, labels

_FROM_SPANS = "made from spans that may come here too: never added"


def _durations(new: str, old: str, side: Side, protocol: str) -> tuple[Metric, ...]:
    """A duration in seconds under its new name, in ms under its old one; Prometheus adds the unit to the name."""
    return (
        Metric(new, "calls", side=side, unit_ms=1000.0, protocol=protocol),
        Metric(f"{new}.seconds", "calls", side=side, unit_ms=1000.0, protocol=protocol, unless=new),
        Metric(old, "calls", side=side, protocol=protocol, unless=new),
        Metric(f"{old}.milliseconds", "calls", side=side, protocol=protocol, unless=f"{new}.seconds"),
    )


DIALECT = Dialect(
    name="otel",
    rank=60,
    word="metrics",
    metrics=(
        *_durations("http.server.request.duration", "http.server.duration", "server", "http"),
        *_durations("http.client.request.duration", "http.client.duration", "client", "http"),
        *_durations("rpc.server.call.duration", "rpc.server.duration", "server", "grpc"),
        *_durations("rpc.client.call.duration", "rpc.client.duration", "client", "grpc"),
        *_durations("grpc.server.call.duration", "grpc.server.call.duration.ms", "server", "grpc"),
        *_durations("grpc.client.call.duration", "grpc.client.call.duration.ms", "client", "grpc"),
        *_durations("db.client.operation.duration", "db.client.operation.duration.ms", "client", "db"),
        Metric("grpc.client.attempt.started", "attempts", side="client", protocol="grpc"),
        Metric("db.client.connection.count", "used", side="server", only={"db_client_connection_state": ("used",)}),
        Metric("db.client.connection.max", "size", side="server"),
        Metric("db.client.connection.pending_requests", "queued", side="server"),
        Metric("db.client.connections.usage", "used", side="server", only={"state": ("used",)}),
        Metric("db.client.connections.max", "size", side="server"),
        Metric("db.client.connections.pending_requests", "queued", side="server"),
        # Connectors that count spans.
        Metric("traces.span.metrics.calls", why=_FROM_SPANS),
        Metric("traces.span.metrics.duration", why=_FROM_SPANS),
        Metric("traces.span.metrics.duration.milliseconds", why=_FROM_SPANS),
        Metric("calls", only={"span_kind": ()}, why=_FROM_SPANS),
        Metric("duration", only={"span_kind": ()}, why=_FROM_SPANS),
        Metric("duration_milliseconds", only={"span_kind": ()}, why=_FROM_SPANS),
        *(
            Metric(f"traces_service_graph_request_{name}", why=_FROM_SPANS)
            for name in (
                "total",
                "failed_total",
                "server",
                "client",
                "server_seconds",
                "client_seconds",
                "messaging_system_seconds",
            )
        ),
    ),
    fields={
        "operation": labels("http_route", "rpc_method:call", "grpc_method:call"),
        "method": labels("http_request_method", "http_method"),
        "rpc_service": labels("rpc_service"),
        "code": labels("http_response_status_code", "http_status_code"),
        "grpc": labels("rpc_status_code", "rpc_response_status_code", "rpc_grpc_status_code", "grpc_status"),
        "failed": labels("error_type:failed"),
        "instance": labels("k8s_pod_name", "service_instance_id", "host_name", "instance"),
        "pool": labels("db_client_connection_pool_name", "pool_name"),
    },
    client={
        "source_cluster": labels("k8s_cluster_name"),
        "source_ns": labels("service_namespace", "k8s_namespace_name", "job:first"),
        "source": labels(
            "service_name:service",
            "k8s_deployment_name",
            "k8s_statefulset_name",
            "k8s_daemonset_name",
            "k8s_pod_name:pod",
            "job:last",
        ),
        "source_version": labels("service_version"),
        "peer": labels("server_address:host", "net_peer_name:host", "grpc_target:target_host", "rpc_service"),
        "store": labels("db_system_name", "db_system"),
        "store_part": labels("db_namespace", "db_name"),
        "operation": labels(),
    },
    server={
        "target_cluster": labels("k8s_cluster_name"),
        "target_ns": labels("service_namespace", "k8s_namespace_name", "job:first"),
        "target": labels(
            "service_name:service",
            "k8s_deployment_name",
            "k8s_statefulset_name",
            "k8s_daemonset_name",
            "k8s_pod_name:pod",
            "job:last",
        ),
        "target_version": labels("service_version"),
    },
)
