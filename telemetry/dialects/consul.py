"""Consul's proxies: Envoy's statistics whose labels name both ends. mesh-telemetry.md §0.1, §1.8, §1.11."""

from telemetry.dialects.dialect import Dialect, labels
from telemetry.dialects.envoy import OWNER, STATISTICS

DIALECT = Dialect(
    name="consul",
    rank=52,
    word="stats",
    metrics=STATISTICS,
    fields={
        **OWNER,
        # `default` is the namespace of those who have none.
        "own_ns": labels("consul_source_namespace:not_default"),
        "own": labels("local_cluster", "consul_source_service"),
        "target_ns": labels("consul_destination_namespace:not_default", "consul_upstream_namespace:not_default"),
        "target": labels("consul_destination_service", "consul_upstream_service"),
        "target_version": labels("consul_destination_service_subset"),
    },
    marks=("local_cluster", "consul_source_service", "consul_destination_service"),
    by_cluster=True,
)
