"""Istio's metrics: sidecars, gateways and waypoints (L7), ztunnel (L4). mesh-telemetry.md §0.1, §1.1 to §1.5, §6.2."""

from telemetry.dialects.dialect import Dialect, Metric, labels

_SIZES = "sizes of single messages: not shown"
_NOT_TRAFFIC = "says nothing of requests"

DIALECT = Dialect(
    name="istio",
    rank=10,
    word="metrics",
    side=labels("reporter", source="client", destination="server", waypoint="relay"),
    metrics=(
        Metric("istio_requests_total", "requests"),
        Metric("istio_request_duration_milliseconds", "latency"),
        Metric("istio_request_bytes", "request_bytes"),
        Metric("istio_response_bytes", "response_bytes"),
        Metric("istio_request_messages_total", why=_SIZES),
        Metric("istio_response_messages_total", why=_SIZES),
        Metric("istio_tcp_connections_opened_total", "connections", protocol="tcp"),
        Metric("istio_tcp_connections_closed_total", "connections_closed", protocol="tcp"),
        Metric("istio_tcp_connections_failed_total", "flagged", protocol="tcp", flags="UF", arrived=0),
        # Seen from the reporting proxy's downstream, whoever reports: received is what the caller sent.
        Metric("istio_tcp_received_bytes_total", "bytes_in", protocol="tcp"),
        Metric("istio_tcp_sent_bytes_total", "bytes_out", protocol="tcp"),
        Metric("istio_build", why=_NOT_TRAFFIC),
    ),
    fields={
        "source_cluster": labels("source_cluster"),
        "source_ns": labels("source_workload_namespace", "source_principal:account_ns"),
        "source": labels("source_canonical_service", "source_app", "source_workload", "source_principal:account"),
        "source_version": labels("source_canonical_revision", "source_version"),
        "source_identity": labels("source_principal"),
        "source_workload": labels("source_workload"),
        "target_cluster": labels("destination_cluster", "source_cluster"),
        "target_ns": labels(
            "destination_service_namespace", "destination_workload_namespace", "destination_service:svc_ns"
        ),
        # The name of a host outside (it has dots) or of a catch-all cluster is no service.
        "target": labels(
            "destination_service_name:name",
            "destination_canonical_service",
            "destination_app",
            "destination_workload",
            "destination_service:svc",
        ),
        "target_version": labels("destination_canonical_revision", "destination_version"),
        "target_identity": labels("destination_principal"),
        "peer": labels("destination_service:host", "destination_service_name:host"),
        "protocol": labels("request_protocol"),
        "code": labels("response_code"),
        "grpc": labels("grpc_response_status"),
        "flags": labels("response_flags"),
        "instance": labels("pod", "pod_name", "k8s_pod_name"),
        # A request whose proxy never chose an endpoint has no destination workload.
        "missing": labels("destination_workload:missing"),
        "unnamed": labels("reporter:unnamed"),
    },
    client={
        "tls": labels(
            "connection_security_policy", "destination_principal:mutual", mutual_tls="mutual", mutual="mutual"
        )
    },
    server={
        # Only a proxy that terminates TLS knows; ztunnel says `unknown` for plaintext.
        "tls": labels("connection_security_policy:even_unknown", mutual_tls="mutual", none="plain", unknown="plain"),
        "canonical": labels("destination_canonical_service"),
        "canonical_ns": labels("destination_workload_namespace"),
    },
    relay={"tls": labels("connection_security_policy", mutual_tls="mutual", none="plain")},
    own={"source_app": ("ztunnel",), "source_workload": ("ztunnel",), "destination_app": ("ztunnel",)},
)
