"""Linkerd's metrics: both directions, legacy and policy families (mesh-telemetry.md §3). Traps as in its section 9."""

from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from tests.build import resource
from tests.data import data_folder
from tests.telemetry.dialects.telling import Told, count, durations, level, page, tell

WEB = {"namespace": "shop", "deployment": "web", "pod": "web-5d4f8c7b9-x2k4p"}
CART = {"namespace": "shop", "deployment": "cart", "pod": "cart-7f9c4d5b8-q8w2z"}
TO_CART = {
    "direction": "outbound",
    "authority": "cart.shop.svc.cluster.local:80",
    "dst_namespace": "shop",
    "dst_service": "cart",
    "dst_deployment": "cart",
    "server_id": "cart.shop.serviceaccount.identity.linkerd.cluster.local",
    "tls": "true",
}
FROM_WEB = {
    "direction": "inbound",
    "client_id": "web.shop.serviceaccount.identity.linkerd.cluster.local",
    "tls": "true",
}
PLAIN = {"direction": "inbound", "tls": "no_identity", "no_tls_reason": "no_tls_from_remote"}


def response(n: float, *of: dict[str, str], status: str = "200", grpc: str = "", failed: bool = False) -> Told:
    labels = {"status_code": status, "grpc_status": grpc, "classification": "failure" if failed else "success"}
    for part in of:
        labels |= part
    return count("response_total", n, **labels)


def test_outbound_makes_the_edge_inbound_counts_at_the_node(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, response(12, WEB, TO_CART), response(11, CART, FROM_WEB))
    out, into = heard.one("client", "shop/web", "shop/cart"), heard.one("server", "", "shop/cart")
    assert (out.n, out.known("mutual_tls"), into.n, into.known("mutual_tls")) == (12, 12, 11, 11)
    assert out.all("target_identity") == {TO_CART["server_id"]}
    assert into.all("source_identity") == {FROM_WEB["client_id"]}
    assert into.all("instance") == {CART["pod"]}
    assert heard.servers == {("linkerd", "shop/cart")}


def test_a_caller_without_tls_is_somebody_unknown(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, response(4, CART, PLAIN))
    assert heard.one("server", "-/unknown", "shop/cart").known("reached") == 4
    assert heard.one("server", "-/unknown", "shop/cart").known("mutual_tls") == 0


def test_identity_without_scrape_labels_is_the_resources(engine: EmbeddedEngine, tmp_path: Path) -> None:
    scraper = resource(
        "linkerd-proxies", attributes={"k8s.namespace.name": "shop", "k8s.pod.name": "web-5d4f8c7b9-x2k4p"}
    )
    heard = tell(engine, tmp_path, response(4, TO_CART), sender=scraper)
    assert heard.pairs() == {("shop/web", "shop/cart")}


def test_trap_04_legacy_and_policy_families_are_the_same_requests(engine: EmbeddedEngine, tmp_path: Path) -> None:
    parent = {"parent_kind": "Service", "parent_namespace": "shop", "parent_name": "cart"}
    policy = count("outbound_http_route_request_statuses_total", 12, **WEB, **parent, http_status="200")
    heard = tell(
        engine,
        tmp_path,
        policy,
        response(12, WEB, TO_CART),
        count("request_total", 13, **WEB, **TO_CART),
        count("route_response_total", 12, **WEB, **TO_CART, rt_route="GET /", dst="cart.shop:80"),
        count("outbound_http_route_retry_requests_total", 3, **WEB, **parent),
        count("outbound_http_route_retry_successes_total", 2, **WEB, **parent),
    )
    edge = heard.one("client", "shop/web", "shop/cart")
    assert (edge.n, edge.total("attempts"), edge.total("retry_success")) == (12, 12 + 3, 2)
    (why,) = heard.why(policy.name)
    assert why == "the same requests as response, which this sender sends too: counted once"


def test_policy_families_count_where_nothing_else_does(engine: EmbeddedEngine, tmp_path: Path) -> None:
    parent = {"parent_kind": "Service", "parent_namespace": "shop", "parent_name": "reco"}
    told = [
        count("outbound_grpc_route_request_statuses_total", n, **WEB, **parent, grpc_status=status)
        for status, n in (("OK", 5), ("UNAVAILABLE", 2))
    ]
    edge = tell(engine, tmp_path, *told).one("client", "shop/web", "shop/reco")
    assert edge.codes == {"grpc:0": 5, "grpc:14": 2}
    assert edge.all("protocol") == {"grpc"}


def test_trap_04_each_connection_is_there_twice_and_counts_once(engine: EmbeddedEngine, tmp_path: Path) -> None:
    halves = {"src": 3763, "dst": 8323}
    told = [
        count(name, n, **WEB, **TO_CART, peer=peer)
        for peer, read in halves.items()
        for name, n in (("tcp_open_total", 1), ("tcp_read_bytes_total", read), ("tcp_write_bytes_total", read / 2))
    ]
    edge = tell(engine, tmp_path, *told).one("client", "shop/web", "shop/cart", tcp=True)
    assert (edge.total("connections"), edge.total("bytes_out"), edge.total("bytes_in")) == (1, 8323, 8323 / 2)


@pytest.mark.parametrize(
    ("status", "grpc", "failed", "expected"),
    [
        pytest.param("200", "7", True, "denied", id="permission denied is a failure to Linkerd"),
        pytest.param("200", "12", False, "error", id="unimplemented is a success to Linkerd"),
        pytest.param("503", "", True, "error", id="both say so"),
        pytest.param("", "", True, "error", id="without a code its own verdict counts"),
        pytest.param("404", "", False, "client_error", id="the caller's fault"),
    ],
)
def test_trap_21_classes_are_our_own(
    engine: EmbeddedEngine, tmp_path: Path, status: str, grpc: str, failed: bool, expected: str
) -> None:
    told = response(3, WEB, TO_CART, status=status, grpc=grpc, failed=failed)
    assert tell(engine, tmp_path, told).one("client", "shop/web", "shop/cart").classes == {expected: 3}


def test_trap_24_denied_requests_are_in_no_other_counter(engine: EmbeddedEngine, tmp_path: Path) -> None:
    denied = count("inbound_http_authz_deny_total", 6, **CART, tls="true", srv_name="cart", srv_kind="server")
    heard = tell(engine, tmp_path, response(10, CART, FROM_WEB), denied).one("server", "", "shop/cart")
    assert heard.classes == {"ok": 10, "denied": 6}
    assert heard.codes == {"200": 10, "403": 6}


def test_trap_25_milliseconds_of_one_family_and_seconds_of_another(engine: EmbeddedEngine, tmp_path: Path) -> None:
    legacy = durations("response_latency_ms", 40.0, [0, 0, 2, 0, 0, 0], **WEB, **TO_CART, status_code="200")
    parent = {"parent_namespace": "shop", "parent_name": "reco"}
    policy = durations("outbound_http_route_request_duration_seconds", 14.0, [0, 2, 0, 0, 0, 0], **CART, **parent)
    tell(engine, tmp_path, legacy, sender=resource("linkerd-proxies", instance="web"))
    heard = tell(engine, tmp_path, policy, sender=resource("linkerd-proxies", instance="cart"))
    assert heard.one("client", "shop/web", "shop/cart").total("duration_ms") == 40
    assert heard.one("client", "shop/cart", "shop/reco").total("duration_ms") == 14_000


def test_endpoints_that_are_not_ready_fill_a_balancer(engine: EmbeddedEngine, tmp_path: Path) -> None:
    backend = {"parent_namespace": "shop", "parent_name": "cart", "backend_namespace": "shop", "backend_name": "cart"}
    states = [
        level("outbound_http_balancer_endpoints", n, **WEB, **backend, endpoint_state=state)
        for state, n in (("ready", 3), ("pending", 1))
    ]
    heard = tell(engine, tmp_path, response(1, WEB, TO_CART), *states)
    rows = heard.one("client", "shop/web", "shop/cart").rows
    assert {row["saturation"] for row in rows} == {None, 0.25}


def test_trap_52_control_plane_and_scrapes_are_no_services(engine: EmbeddedEngine, tmp_path: Path) -> None:
    text = (data_folder("fixtures") / "metrics" / "prometheus" / "linkerd-proxy-opaque-pod.txt").read_text()
    owner = resource(
        "linkerd-proxies", attributes={"k8s.namespace.name": "test", "k8s.deployment.name": "opaque-client"}
    )
    heard = tell(engine, tmp_path, *page(text), sender=owner)
    assert heard.pairs() == set()
    assert heard.pairs(tcp=True) == {("test/opaque-client", "linkerd-opaque-ports-test/opaque-pod")}
    edge = heard.one("client", "test/opaque-client", "linkerd-opaque-ports-test/opaque-pod", tcp=True)
    assert (edge.total("connections"), edge.total("bytes_out"), edge.known("mutual_tls")) == (1, 8323, 1)
    assert heard.why("response_total") == {"the proxy's own traffic"}
    assert heard.why("control_request_total") == {"the proxy's own calls to its control plane"}
