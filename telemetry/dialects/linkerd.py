"""Linkerd's proxies: legacy HTTP metrics for counts and latency, policy metrics for retries and queues, TCP and
authorization. mesh-telemetry.md §3."""

from telemetry.dialects.dialect import Dialect, Labels, Measure, Metric, labels

_SAME = "the same requests as response_total: counted there"
_AT_START = "counted when a request starts; response_total counts it with its end"
_DIRECTION = {"direction": ("inbound", "outbound")}
_OUT = {"direction": ("outbound",), "peer": ("dst",)}
_IN = {"direction": ("inbound",), "peer": ("src",)}

_OWN = {
    "namespace": labels("namespace", "workload_ns", "linkerd_io_workload_ns", "k8s_namespace_name"),
    "name": labels(
        "deployment",
        "statefulset",
        "daemonset",
        "replicaset:pod",
        "k8s_job",
        "k8s_deployment_name",
        "k8s_statefulset_name",
        "k8s_daemonset_name",
        "k8s_job_name",
        "pod:pod",
        "k8s_pod_name:pod",
    ),
}
_ENDPOINTS: tuple[tuple[Measure, str], ...] = (("healthy", "ready"), ("unready", "pending"))
_TLS = labels("tls", true="mutual", no_identity="plain", disabled="plain")
_DST: tuple[str, ...] = (
    "dst_service",
    "dst_deployment",
    "dst_statefulset",
    "dst_daemonset",
    "dst_replicaset:pod",
    "dst_replicationcontroller",
    "dst_k8s_job",
    "backend_name",
    "parent_name",
)


def _tcp(name: str, outbound: Measure, inbound: Measure) -> tuple[Metric, ...]:
    # Each connection is there twice, from its source to the proxy and from the proxy to its destination.
    return (
        Metric(name, outbound, side="client", protocol="tcp", only=_OUT),
        Metric(name, inbound, side="server", protocol="tcp", only=_IN),
        Metric(name, only=_DIRECTION, why="the other half of a connection that is counted once"),
    )


def _policy(name: str, measure: Measure, unit_ms: float = 1.0, *, unless: str = "") -> tuple[Metric, ...]:
    return tuple(
        Metric(f"outbound_{kind}_{name}", measure, side="client", unit_ms=unit_ms, protocol=kind, unless=unless)
        for kind in ("http", "grpc")
    )


DIALECT = Dialect(
    name="linkerd",
    rank=11,
    word="metrics",
    side=labels("direction", outbound="client", inbound="server"),
    metrics=(
        Metric("response_total", "requests", only=_DIRECTION),
        Metric("response_latency_ms", "latency", only=_DIRECTION),
        Metric("request_total", only=_DIRECTION, why=_AT_START),
        *(
            Metric(name, only={"rt_route": ()}, why=_SAME)
            for name in ("route_request_total", "route_response_total", "route_response_latency_ms")
        ),
        Metric("route_actual_response_total", only={"rt_route": ()}, why=_SAME),
        *(
            Metric(f"control_{name}", only={"addr": ()}, why="the proxy's own calls to its control plane")
            for name in ("request_total", "response_total", "response_latency_ms", "retry_skipped_total")
        ),
        # What a proxy reads from its destination goes back to the caller, what it reads from its source came from it.
        *_tcp("tcp_open_total", "connections", "connections"),
        *_tcp("tcp_read_bytes_total", "bytes_out", "bytes_in"),
        *_tcp("tcp_write_bytes_total", "bytes_in", "bytes_out"),
        *_tcp("tcp_close_total", "connections_closed", "connections_closed"),
        # Refused requests are in no other counter of the refusing side.
        Metric("inbound_http_authz_deny_total", "denied", side="server", protocol="http", code=403),
        Metric("inbound_http_authz_allow_total", side="server", why=_SAME),
        Metric("inbound_tcp_authz_deny_total", "flagged", side="server", protocol="tcp", flags="DENY"),
        Metric("inbound_http_local_ratelimit_total", "flagged", side="server", protocol="http", flags="RL"),
        *_policy("route_request_statuses_total", "requests", unless="response_total"),
        *_policy("route_request_duration_seconds", "latency", 1000.0, unless="response_latency_ms"),
        *_policy("route_retry_requests_total", "retries"),
        *_policy("route_retry_successes_total", "retry_success"),
        *_policy("route_retry_overflow_total", "overflow"),
        *(
            Metric(
                "outbound_http_balancer_endpoints",
                measure,
                side="client",
                protocol="http",
                only={"endpoint_state": (state,)},
            )
            for measure, state in _ENDPOINTS
        ),
    ),
    fields={"protocol": labels("srv_protocol"), "tls": _TLS, "instance": labels("pod", "k8s_pod_name")},
    client={
        "source_ns": _OWN["namespace"],
        "source": _OWN["name"],
        "target_ns": labels("dst_namespace", "backend_namespace", "parent_namespace"),
        "target": Labels(_DST),
        "target_identity": labels("server_id"),
        "peer": labels("authority:host", "hostname:host", "target_addr:host"),
        "code": labels("status_code", "http_status"),
        "grpc": labels("grpc_status"),
        "failed": labels("classification", failure="2"),
    },
    server={
        "target_ns": _OWN["namespace"],
        "target": _OWN["name"],
        # A service account is no service: who calls with TLS counts at the node and makes no edge.
        "source_identity": labels("client_id"),
        "unnamed": labels("tls", no_identity="-/unknown", disabled="-/unknown"),
        "code": labels("status_code", "http_status"),
        "grpc": labels("grpc_status"),
        "failed": labels("classification", failure="2"),
    },
    # The port of the proxy's own pages: scrapes and probes.
    own={"target_port": ("4191",), "parent_port": ("4191",)},
)
