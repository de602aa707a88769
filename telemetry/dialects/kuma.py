"""Kuma's data planes: Envoy's statistics under Kuma's names of services. mesh-telemetry.md §0.1, §1.8, §1.11."""

from telemetry.dialects.dialect import Dialect
from telemetry.dialects.envoy import OWNER, STATISTICS

DIALECT = Dialect(
    name="kuma",
    rank=51,
    word="stats",
    metrics=STATISTICS,
    fields=OWNER,
    marks=("kuma_mesh", "kuma_zone"),
    by_cluster=True,
)
