"""Kuma's metrics: Envoy's statistics under Kuma's names of services (mesh-telemetry.md §0.1, §1.8, §1.11)."""

from pathlib import Path

from telemetry.engine.embedded import EmbeddedEngine
from tests.build import resource
from tests.telemetry.dialects.telling import Told, tell

WEB = resource("web_shop_svc_80", attributes={"kuma.mesh": "default", "kuma.zone": "west"}, scope="kuma")


def test_both_ends_are_split_from_kumas_names(engine: EmbeddedEngine, tmp_path: Path) -> None:
    classes = {"2": 9, "5": 1}
    told = [
        Told("envoy_cluster_upstream_rq_xx", n, {"envoy_cluster_name": cluster, "envoy_response_code_class": digit})
        for cluster in ("reviews_shop_svc_9080", "localhost:80")
        for digit, n in classes.items()
    ]
    heard = tell(engine, tmp_path, *told, sender=WEB)
    assert heard.one("client", "west:shop/web", "shop/reviews").classes == {"ok": 9, "error": 1}
    assert heard.one("server", "", "west:shop/web").n == 10
    assert {(row["dialect"], row["rank"]) for row in heard.rows} == {("kuma", 51)}
