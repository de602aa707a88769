"""Consul's metrics: Envoy's statistics whose labels name both ends (mesh-telemetry.md §0.1, §1.11)."""

from pathlib import Path

from telemetry.engine.embedded import EmbeddedEngine
from tests.build import resource
from tests.telemetry.dialects.telling import Told, tell

WEB = {
    "local_cluster": "web",
    "consul_source_service": "web",
    "consul_source_namespace": "default",
    "consul_source_datacenter": "dc1",
}
CART = {
    "consul_destination_service": "cart",
    "consul_destination_namespace": "shop",
    "consul_destination_service_subset": "v2",
    "consul_destination_target": "cart.shop.dc1",
    "consul_service": "cart",
}


def test_labels_name_both_ends_and_the_inbound_cluster_is_the_called_side(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    cluster = {"envoy_cluster_name": "v2.cart.shop.dc1.internal.1111.consul"}
    told = [
        Told("envoy_cluster_upstream_rq", 9, {**WEB, **CART, **cluster, "envoy_response_code": "200"}),
        Told("envoy_cluster_upstream_rq", 4, {**WEB, "envoy_cluster_name": "local_app", "envoy_response_code": "500"}),
    ]
    heard = tell(engine, tmp_path, *told, sender=resource("consul-proxies", instance="10.0.0.1:20200"))
    edge = heard.one("client", "-/web", "shop/cart")
    assert (edge.codes, edge.all("version"), edge.all("rank")) == ({"200": 9}, {"v2"}, {52})
    assert heard.one("server", "", "-/web").codes == {"500": 4}
