"""Envoy's own statistics, from its OTLP sink or its Prometheus page: of the caller's clusters, and of the called side's
way to its application. envoy-real.md §4; mesh-telemetry.md §1.7, §1.10, §2.4."""

from collections.abc import Mapping

from telemetry.dialects.dialect import Dialect, Labels, Measure, Metric, labels

_ANSWERED = ("upstream_rq", "upstream_rq_completed", "upstream_rq_xx", "upstream_rq_time")
_AGAIN = "the same responses as the cluster's own counters: counted there"


def _cluster(name: str, measure: Measure, flags: str = "", arrived: int = -1) -> Metric:
    return Metric(name, measure, group="cluster", flags=flags, arrived=arrived)


STATISTICS: tuple[Metric, ...] = (
    # Responses by code. Istio's Prometheus page has classes under the same name; `upstream_rq_total` is another number.
    *(
        Metric("upstream_rq", "requests", group="cluster", only={code: ()})
        for code in ("envoy_response_code", "response_code", "code_in_name")
    ),
    Metric("upstream_rq", "classes", group="cluster", only={"response_code_class": ()}),
    _cluster("upstream_rq_xx", "classes"),
    _cluster("upstream_rq_completed", "completed"),
    _cluster("grpc_status", "statuses"),
    _cluster("upstream_rq_time", "latency"),
    _cluster("upstream_rq_retry", "retries"),
    _cluster("upstream_rq_retry_success", "retry_success"),
    # Equal to the numbers of flags in the logs (envoy-real.md §4.3).
    _cluster("upstream_cx_none_healthy", "flagged", "UH", 0),
    _cluster("upstream_rq_timeout", "flagged", "UT", 1),
    _cluster("upstream_rq_pending_overflow", "flagged", "UO", 0),
    _cluster("upstream_rq_retry_overflow", "flagged", "UO", 1),
    _cluster("upstream_rq_pending_failure_eject", "flagged", "UF", 0),
    _cluster("upstream_rq_retry_limit_exceeded", "flagged", "URX", 1),
    _cluster("upstream_cx_connect_fail", "connect_failed"),
    _cluster("upstream_cx_total", "connections"),
    _cluster("upstream_cx_rx_bytes_total", "bytes_out"),
    _cluster("upstream_cx_tx_bytes_total", "bytes_in"),
    _cluster("ssl_handshake", "handshakes"),
    _cluster("upstream_cx_http1_total", "http1"),
    _cluster("upstream_cx_http2_total", "http"),
    _cluster("upstream_cx_http3_total", "http"),
    _cluster("internal_upstream_rq_completed", "internal"),
    _cluster("external_upstream_rq_completed", "external"),
    _cluster("upstream_cx_overflow", "overflow"),
    _cluster("upstream_cx_active", "active_cx"),
    _cluster("upstream_rq_active", "active_rq"),
    _cluster("upstream_rq_pending_active", "active_pending"),
    _cluster("circuit_breakers_default_remaining_cx", "remaining_cx"),
    _cluster("circuit_breakers_default_remaining_rq", "remaining_rq"),
    _cluster("circuit_breakers_default_remaining_pending", "remaining_pending"),
    _cluster("circuit_breakers_default_cx_open", "open_cx"),
    _cluster("circuit_breakers_default_rq_open", "open_rq"),
    _cluster("circuit_breakers_default_rq_pending_open", "open_rq"),
    _cluster("circuit_breakers_default_rq_retry_open", "open_rq"),
    _cluster("membership_total", "members"),
    _cluster("membership_healthy", "healthy"),
    _cluster("outlier_detection_ejections_active", "ejected"),
    _cluster("outlier_detection_ejections_enforced_total", "ejections"),
    *(
        Metric(f"{part}_{name}", group="cluster", why=_AGAIN)
        for part in ("external", "internal", "retry", "canary", "zone")
        for name in _ANSWERED
        if name != "upstream_rq_completed" or part not in ("external", "internal")
    ),
    # What the inbound side answers by itself, and a gateway's side towards its callers.
    Metric("rbac_denied", "denied", group="http", code=403),
    Metric("local_rate_limit_rate_limited", "limited", group="http", code=429, flags="RL"),
    Metric("downstream_rq_xx", "entered", group="http"),
    Metric("downstream_rq_rx_reset", "left", group="http", flags="DC"),
    Metric("no_route", "flagged", group="http", flags="NR"),
)

OWNER: Mapping[str, Labels] = {
    "own_cluster": labels("k8s_cluster_name", "istio_cluster_id", "kuma_zone"),
    "own_ns": labels("service_namespace", "service_name:kuma_ns", "k8s_namespace_name", "namespace", "kuma_mesh"),
    "own": labels(
        "service_name:kuma",
        "service_name:service",
        "k8s_deployment_name",
        "deployment",
        "k8s_statefulset_name",
        "k8s_daemonset_name",
        "app",
        "k8s_pod_name:pod",
        "pod:pod",
    ),
    "version": labels("service_version", "version"),
    "instance": labels("k8s_pod_name", "pod", "service_instance_id", "host_name"),
    "code": labels("envoy_response_code", "response_code", "code_in_name"),
    "class": labels("envoy_response_code_class", "response_code_class:first_digit", "class_in_name"),
    "grpc": labels("grpc_in_name"),
    "call": labels("call_in_name"),
    "grpc_service": labels("envoy_grpc_bridge_service"),
    "grpc_method": labels("envoy_grpc_bridge_method"),
}

DIALECT = Dialect(name="envoy", rank=50, word="stats", metrics=STATISTICS, fields=OWNER, by_cluster=True)
