"""Metrics of applications: HTTP, RPC, databases, pools; what is made from spans (mesh-telemetry.md §4.4)."""

from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from tests.build import Sender, later, load, resource
from tests.telemetry.dialects.telling import Told, count, durations, flush, level, tell, understand

CART = resource("cart", namespace="shop", version="v2", instance="cart-0")
WEB = resource("web", namespace="shop")


def served(n: int, status: str = "200", **more: str) -> Told:
    labels = {"http__request__method": "GET", "http__route": "/cart/{id}", "http__response__status_code": status}
    return durations("http.server.request.duration", n / 100, [n, 0, 0, 0, 0, 0], **labels, **more)


def test_a_server_counts_at_its_node_and_makes_no_edge(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, served(8), served(2, "500"), sender=CART)
    node = heard.one("server", "", "shop/cart")
    assert (node.codes, node.classes) == ({"200": 8, "500": 2}, {"ok": 8, "error": 2})
    assert (node.latency, node.total("duration_ms")) == (10, 100)
    assert (node.all("operation"), node.all("version"), node.all("instance")) == (
        {"GET /cart/{id}"},
        {"v2"},
        {"cart-0"},
    )
    assert {row["rank"] for row in heard.rows} == {60}


def test_trap_38_a_clients_address_is_whom_it_called(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        durations("http.client.request.duration", 1.0, [5, 0, 0, 0, 0, 0], **labels)
        for labels in (
            {
                "server__address": "cart.shop.svc.cluster.local",
                "server__port": "80",
                "http__response__status_code": "404",
            },
            {"server__address": "api.example.com", "error__type": "timeout"},
            {"server__address": "10.2.3.4", "http__response__status_code": "200"},
        )
    ]
    heard = tell(engine, tmp_path, *told, sender=WEB)
    assert heard.pairs("client") == {
        ("shop/web", "shop/cart"),
        ("shop/web", "api.example.com"),
        ("shop/web", "ip of web"),
    }
    assert heard.one("client", "shop/web", "shop/cart").classes == {"client_error": 5}
    assert heard.one("client", "shop/web", "api.example.com").classes == {"error": 5}
    server = tell(engine, tmp_path, served(3, server__address="cart.shop"), sender=CART)
    assert server.one("server", "", "shop/cart").n == 3


def _both(n: int) -> tuple[Told, Told]:
    labels = {"http__request__method": "GET", "http__response__status_code": "200"}
    old = {"http__method": "GET", "http__status_code": "200"}
    return (
        durations("http.server.duration", 10.0 * n, [0, n, 0, 0, 0, 0], **old),
        durations("http.server.request.duration", 0.01 * n, [n, 0, 0, 0, 0, 0], **labels),
    )


def test_trap_03_old_and_new_names_are_the_same_requests(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, *_both(4), sender=CART)
    assert heard.one("server", "", "shop/cart").n == 4
    (why,) = heard.why("http.server.duration")
    assert why == "the same requests as http_server_request_duration, which this sender sends too: counted once"


def test_old_names_give_way_when_the_new_ones_come_later(engine: EmbeddedEngine, tmp_path: Path) -> None:
    old, new = _both(4)
    assert tell(engine, tmp_path, old, sender=CART).one("server", "", "shop/cart").total("duration_ms") == 40
    for at, ended in ((20, False), (30, True)):
        load(engine, tmp_path, flush(later(at), CART, (old, new), ended=ended), received=later(30))
    heard = understand(engine, later(20))
    assert heard.one("server", "", "shop/cart").n == 4
    assert "" not in heard.why("http.server.duration")


def test_another_senders_old_names_are_its_own(engine: EmbeddedEngine, tmp_path: Path) -> None:
    old, new = _both(4)
    tell(engine, tmp_path, new, sender=WEB)
    heard = tell(engine, tmp_path, old, sender=CART)
    assert heard.one("server", "", "shop/cart").n == heard.one("server", "", "shop/web").n == 4


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param(CART, id="resource"),
        pytest.param(resource(attributes={"job": "shop/cart", "instance": "cart-0"}), id="written by Prometheus"),
    ],
)
def test_prometheus_spells_names_its_own_way(engine: EmbeddedEngine, tmp_path: Path, sender: Sender) -> None:
    told = durations(
        "http_server_request_duration_seconds", 0.2, [2, 0, 0, 0, 0, 0], http_response_status_code="200", http_route="/"
    )
    node = tell(engine, tmp_path, told, sender=sender).one("server", "", "shop/cart")
    assert (node.codes, node.total("duration_ms")) == ({"200": 2}, 200)


@pytest.mark.parametrize("status", ["UNAVAILABLE", "14", "unavailable"])
def test_trap_18_rpc_status_as_a_name_or_a_number(engine: EmbeddedEngine, tmp_path: Path, status: str) -> None:
    told = durations(
        "rpc.server.call.duration",
        0.1,
        [3, 0, 0, 0, 0, 0],
        rpc__method="shop.Reco/Suggest",
        rpc__response__status_code=status,
    )
    node = tell(engine, tmp_path, told, sender=CART).one("server", "", "shop/cart")
    assert (node.codes, node.classes, node.all("operation")) == ({"grpc:14": 3}, {"error": 3}, {"shop.Reco/Suggest"})


def test_old_rpc_names_method_and_service_apart(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = durations(
        "rpc.server.duration",
        9.0,
        [3, 0, 0, 0, 0, 0],
        rpc__service="shop.Reco",
        rpc__method="Suggest",
        rpc__grpc__status_code="0",
    )
    node = tell(engine, tmp_path, told, sender=CART).one("server", "", "shop/cart")
    assert (node.all("operation"), node.total("duration_ms")) == ({"shop.Reco/Suggest"}, 9)


def test_databases_and_caches_are_nodes_of_their_kind(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        durations("db.client.operation.duration", 0.1, [3, 0, 0, 0, 0, 0], **labels)
        for labels in (
            {"db__system__name": "postgresql", "server__address": "orders-db"},
            {"db__system__name": "redis", "server__address": "127.0.0.1", "db__namespace": "0"},
        )
    ]
    heard = tell(engine, tmp_path, *told, sender=CART)
    kinds = {row["called"]: (row["target_kind"], row["protocol"]) for row in heard.rows}
    assert kinds == {"orders-db": ("database", "db"), "redis/0": ("cache", "db")}


def test_a_pool_that_is_used_up_saturates_its_service(engine: EmbeddedEngine, tmp_path: Path) -> None:
    pool = {"db__client__connection__pool__name": "main"}
    told = [
        level("db.client.connection.count", 6, **pool, db__client__connection__state="used"),
        level("db.client.connection.count", 2, **pool, db__client__connection__state="idle"),
        level("db.client.connection.max", 8, **pool),
    ]
    heard = tell(engine, tmp_path, served(1), *told, sender=CART)
    assert max(row["saturation"] or 0 for row in heard.rows) == 0.75


def test_trap_05_what_is_made_from_spans_is_never_added(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        count("traces.span.metrics.calls", 9, service__name="cart", span__kind="SPAN_KIND_SERVER"),
        count("calls_total", 9, service_name="cart", span_kind="SPAN_KIND_SERVER"),
        count("traces_service_graph_request_total", 9, client="web", server="cart"),
    ]
    heard = tell(engine, tmp_path, *told, sender=CART)
    assert heard.rows == []
    for one in told:
        assert heard.why(one.name) == {"made from spans that may come here too: never added"}


def test_a_metric_of_nobody_says_why_it_is_not_read(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, served(1), count("jvm.gc.count", 3), sender=resource("unknown_service:java"))
    assert heard.why("http.server.request.duration") == {"nobody says whose metric this is"}
    assert heard.why("jvm.gc.count") == {"no rule for this metric"}
