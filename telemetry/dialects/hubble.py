"""Cilium's Hubble: HTTP metrics of both versions, with the labels its context options give. mesh-telemetry.md §1.11."""

from telemetry.dialects.dialect import Dialect, Metric, labels

_V1 = "hubble_http_responses_total"
_FLOWS = "flows are no requests"

DIALECT = Dialect(
    name="hubble",
    rank=12,
    word="metrics",
    side=labels("reporter", client="client", server="server"),
    metrics=(
        # Version 1 knows how a request ended from its response, whose flow goes the other way.
        Metric(_V1, "requests", protocol="http", swapped=True),
        Metric("hubble_http_requests_total", "requests", protocol="http", unless=_V1),
        Metric(
            "hubble_http_request_duration_seconds", "latency", protocol="http", unit_ms=1000.0, needs=_V1, swapped=True
        ),
        Metric("hubble_http_request_duration_seconds", "latency", protocol="http", unit_ms=1000.0),
        *(
            Metric(f"hubble_{name}", why=_FLOWS)
            for name in ("flows_processed_total", "drop_total", "tcp_flags_total", "port_distribution_total")
        ),
    ),
    fields={
        "source_cluster": labels("source_cluster", "cluster"),
        "source_ns": labels("source_namespace", "source:first"),
        "source": labels("source_app", "source_workload", "source_pod:pod", "source:last_pod"),
        "target_cluster": labels("destination_cluster", "cluster"),
        "target_ns": labels("destination_namespace", "destination:first"),
        "target": labels("destination_app", "destination_workload", "destination_pod:pod", "destination:last_pod"),
        "code": labels("status"),
        "method": labels("method"),
        "unnamed": labels("reporter:unnamed"),
    },
)
