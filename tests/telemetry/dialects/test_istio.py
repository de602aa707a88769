"""Istio's metrics: who reports what of which pair (mesh-telemetry.md §1). Traps are numbered as in its section 9."""

from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from tests.build import resource
from tests.data import data_folder
from tests.telemetry.dialects.telling import Told, count, durations, page, tell

WEB = {
    "source_workload": "web-v1",
    "source_workload_namespace": "shop",
    "source_canonical_service": "web",
    "source_canonical_revision": "v1",
    "source_principal": "spiffe://cluster.local/ns/shop/sa/web",
    "source_cluster": "Kubernetes",
}
CART = {
    "destination_service": "cart.shop.svc.cluster.local",
    "destination_service_name": "cart",
    "destination_service_namespace": "shop",
    "destination_workload": "cart-v2",
    "destination_workload_namespace": "shop",
    "destination_canonical_service": "cart",
    "destination_canonical_revision": "v2",
    "destination_principal": "spiffe://cluster.local/ns/shop/sa/cart",
    "destination_cluster": "Kubernetes",
}
GONE = dict.fromkeys(
    (
        "destination_workload",
        "destination_workload_namespace",
        "destination_canonical_service",
        "destination_principal",
    ),
    "unknown",
)
NOBODY = dict.fromkeys(
    ("source_workload", "source_workload_namespace", "source_canonical_service", "source_principal"), "unknown"
)
SOURCE = {"reporter": "source", "connection_security_policy": "unknown"}
DESTINATION = {"reporter": "destination", "connection_security_policy": "mutual_tls"}
WAYPOINT = {"reporter": "waypoint", "connection_security_policy": "mutual_tls"}


def requests(n: float, *of: dict[str, str], code: str = "200", name: str = "istio_requests_total", **more: str) -> Told:
    labels: dict[str, str] = {"request_protocol": "http", "response_code": code, "response_flags": "-"}
    for part in (WEB, CART, *of, more):
        labels |= part
    return count(name, n, **labels)


def test_trap_01_each_reporter_speaks_for_its_own_side(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, requests(30, SOURCE), requests(33, DESTINATION), requests(31, WAYPOINT))
    assert {side: heard.one(side, "shop/web", "shop/cart").n for side in ("client", "server", "relay")} == {
        "client": 30,
        "server": 33,
        "relay": 31,
    }
    assert heard.pairs() == {("shop/web", "shop/cart")}
    assert heard.servers == {("istio", "shop/cart")}
    assert {row["rank"] for row in heard.rows} == {10}


def test_latency_sizes_and_versions_stand_beside_the_counts(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = requests(3, SOURCE)
    labels = dict(told.labels)
    heard = tell(
        engine,
        tmp_path,
        told,
        durations("istio_request_duration_milliseconds", 63.0, [0, 2, 0, 1, 0, 0], **labels),
        durations("istio_request_bytes", 900.0, [0, 0, 0, 0, 0, 3], **labels),
        durations("istio_response_bytes", 4200.0, [0, 0, 0, 0, 0, 3], **labels),
    )
    edge = heard.one("client", "shop/web", "shop/cart")
    assert (edge.n, edge.latency, edge.total("duration_ms")) == (3, 3, 63)
    assert (edge.total("bytes_in"), edge.total("bytes_out")) == (900, 4200)
    assert (edge.all("version"), edge.all("source_version")) == ({"v2"}, {"v1"})
    assert edge.all("source_identity") == {"spiffe://cluster.local/ns/shop/sa/web"}
    assert edge.all("target_identity") == {"spiffe://cluster.local/ns/shop/sa/cart"}


def test_trap_07_retries_stay_apart_from_requests(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(
        engine, tmp_path, requests(10, SOURCE), requests(14, DESTINATION), requests(4, DESTINATION, code="503")
    )
    assert heard.one("client", "shop/web", "shop/cart").codes == {"200": 10}
    assert heard.one("server", "shop/web", "shop/cart").codes == {"200": 14, "503": 4}


def test_trap_08_a_service_and_what_its_pods_call_themselves_are_one(engine: EmbeddedEngine, tmp_path: Path) -> None:
    reviews = {"destination_service_name": "reviews", "destination_service": "reviews.shop.svc.cluster.local"}
    app = {"destination_canonical_service": "reviews-app"}
    tell(engine, tmp_path, requests(1, reviews, app, DESTINATION), requests(2, DESTINATION))
    assert engine.query("SELECT id, node FROM aliases") == [{"id": "shop/reviews", "node": "shop/reviews-app"}]


def test_a_service_of_several_kinds_of_pods_stays_one(engine: EmbeddedEngine, tmp_path: Path) -> None:
    one, two = ({"destination_canonical_service": name} for name in ("cart-blue", "cart-green"))
    heard = tell(engine, tmp_path, requests(1, one, DESTINATION), requests(2, two, DESTINATION))
    assert engine.query("SELECT id, node FROM aliases") == []
    assert heard.one("server", "shop/web", "shop/cart").n == 3


def test_trap_10_the_scrape_job_is_no_service(engine: EmbeddedEngine, tmp_path: Path) -> None:
    job = resource("envoy-stats", namespace="monitoring", instance="10.0.0.7:15020")
    heard = tell(engine, tmp_path, requests(5, SOURCE), sender=job)
    assert heard.pairs() == {("shop/web", "shop/cart")}


def test_trap_11_names_of_two_namespaces_are_two_services(engine: EmbeddedEngine, tmp_path: Path) -> None:
    other = {"destination_service_namespace": "sales", "destination_service": "cart.sales.svc.cluster.local"}
    heard = tell(engine, tmp_path, requests(5, SOURCE), requests(6, SOURCE, other))
    assert heard.pairs() == {("shop/web", "shop/cart"), ("shop/web", "sales/cart")}


def test_trap_12_the_home_cluster_is_none_another_one_is_named(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, requests(5, SOURCE), requests(6, SOURCE, {"destination_cluster": "east"}))
    assert heard.pairs() == {("shop/web", "shop/cart"), ("shop/web", "east:shop/cart")}


def test_an_unanswered_call_stays_in_its_callers_cluster(engine: EmbeddedEngine, tmp_path: Path) -> None:
    west = {"source_cluster": "west", "destination_cluster": "unknown"}
    heard = tell(engine, tmp_path, requests(5, SOURCE, west, GONE, code="503", response_flags="UH"))
    assert heard.pairs() == {("west:shop/web", "west:shop/cart")}


def test_trap_13_a_service_that_is_down_still_has_its_callers_failures(engine: EmbeddedEngine, tmp_path: Path) -> None:
    down = requests(40, SOURCE, GONE, code="503", response_flags="UF,URX")
    silent = requests(2, SOURCE, GONE, code="503")
    heard = tell(engine, tmp_path, down, silent, requests(5, SOURCE, code="500"))
    edge = heard.one("client", "shop/web", "shop/cart")
    assert edge.classes == {"error": 47}
    assert edge.flags == {"UF": 40, "URX": 40}
    assert {(row["code"], row["flags"], row["arrived"]) for row in edge.rows} == {
        ("503", "UF,URX", 0),
        ("503", "", 0),
        ("500", "", 1),
    }


@pytest.mark.parametrize(
    "name", ["istiocustom.istio_requests_total", "istio.requests.total", "envoy_istio_requests_total"]
)
def test_trap_14_prefixes_of_exporters_are_none_of_the_name(engine: EmbeddedEngine, tmp_path: Path, name: str) -> None:
    heard = tell(engine, tmp_path, requests(5, SOURCE, name=name))
    assert heard.one("client", "shop/web", "shop/cart").codes == {"200": 5}


def test_trap_16_traffic_out_of_the_mesh_has_its_host(engine: EmbeddedEngine, tmp_path: Path) -> None:
    outside = {
        "destination_service": "api.example.com:443",
        "destination_service_name": "api.example.com",
        "destination_service_namespace": "istio-system",
    }
    heard = tell(engine, tmp_path, requests(5, SOURCE, GONE, outside))
    edge = heard.one("client", "shop/web", "api.example.com")
    assert (edge.n, edge.all("target"), edge.all("peer_kind"), edge.all("peer_ns")) == (5, {""}, {"external"}, {""})


def test_trap_18_grpc_is_judged_by_its_own_status(engine: EmbeddedEngine, tmp_path: Path) -> None:
    rows = [("0", 7), ("14", 2), ("5", 3), ("7", 4), ("8", 5), ("1", 6)]
    told = [requests(n, SOURCE, request_protocol="grpc", grpc_response_status=status) for status, n in rows]
    edge = tell(engine, tmp_path, *told).one("client", "shop/web", "shop/cart")
    assert edge.codes == {f"grpc:{status}": n for status, n in rows}
    assert edge.classes == {"ok": 7, "error": 2, "client_error": 3, "denied": 4, "throttled": 5, "cancelled": 6}
    assert edge.all("protocol") == {"grpc"}


def test_trap_19_scans_at_a_gateway_are_no_errors_of_its_own(engine: EmbeddedEngine, tmp_path: Path) -> None:
    gateway = {
        "source_workload": "istio-ingressgateway",
        "source_workload_namespace": "istio-system",
        "source_canonical_service": "istio-ingressgateway",
    }
    lost = {
        "destination_service": "unknown",
        "destination_service_name": "unknown",
        "destination_service_namespace": "unknown",
    }
    heard = tell(
        engine,
        tmp_path,
        requests(50, SOURCE, gateway),
        requests(9, SOURCE, gateway, GONE, lost, code="404", response_flags="NR"),
    )
    entry = heard.one("server", "", "istio-system/istio-ingressgateway")
    assert entry.classes == {"ok": 50, "client_error": 9}
    assert entry.flags == {"NR": 9}
    assert heard.one("client", "istio-system/istio-ingressgateway", "shop/cart").n == 50
    assert heard.one("client", "istio-system/istio-ingressgateway", "shop/cart").all("source_kind") == {"gateway"}
    known = engine.query(
        "SELECT max(s.gateway) AS gateway FROM services AS s WHERE node = 'istio-system/istio-ingressgateway'"
    )
    assert known == [{"gateway": 1}]


def test_no_route_at_a_sidecar_is_an_error(engine: EmbeddedEngine, tmp_path: Path) -> None:
    edge = tell(engine, tmp_path, requests(9, SOURCE, GONE, code="404", response_flags="NR")).one(
        "client", "shop/web", "shop/cart"
    )
    assert edge.classes == {"error": 9}


def test_trap_20_a_client_that_left_is_no_server_error(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(
        engine, tmp_path, requests(3, DESTINATION, code="0", response_flags="DC"), requests(2, DESTINATION, code="0")
    )
    assert heard.one("server", "shop/web", "shop/cart").classes == {"cancelled": 3, "error": 2}


def test_a_label_taken_away_says_nothing(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = requests(3, SOURCE)
    labels = {k: v for k, v in told.labels.items() if k not in ("response_code", "destination_workload")}
    edge = tell(engine, tmp_path, count(told.name, 3, **labels)).one("client", "shop/web", "shop/cart")
    assert edge.classes == {"ok": 3}
    assert edge.all("arrived") == {1}


def test_trap_22_only_the_end_of_tls_says_whether_it_is_mutual(engine: EmbeddedEngine, tmp_path: Path) -> None:
    plain = {"connection_security_policy": "none", "source_principal": "unknown"}
    heard = tell(engine, tmp_path, requests(40, SOURCE), requests(30, DESTINATION), requests(10, DESTINATION, plain))
    source, destination = heard.one("client", "shop/web", "shop/cart"), heard.one("server", "shop/web", "shop/cart")
    assert (source.known("mutual_tls"), source.known("reached")) == (None, None)
    assert (destination.known("mutual_tls"), destination.known("reached")) == (30, 40)


def test_alone_a_source_believes_the_others_principal(engine: EmbeddedEngine, tmp_path: Path) -> None:
    never = requests(5, SOURCE, code="503", response_flags="UO")
    edge = tell(engine, tmp_path, requests(40, SOURCE), never).one("client", "shop/web", "shop/cart")
    assert (edge.known("mutual_tls"), edge.known("reached")) == (40, 40)


def test_calls_of_nobody_known_come_from_unknown(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, requests(4, DESTINATION, NOBODY, {"connection_security_policy": "none"}))
    assert heard.one("server", "-/unknown", "shop/cart").known("mutual_tls") == 0


def test_trap_27_sizes_give_sums_and_no_latency(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = requests(3, SOURCE)
    edge = tell(engine, tmp_path, told, durations("istio_request_bytes", 900.0, [0, 0, 0, 0, 0, 3], **told.labels))
    heard = edge.one("client", "shop/web", "shop/cart")
    assert (heard.latency, heard.total("duration_ms"), heard.total("bytes_in")) == (0, 0, 900)


def tcp(name: str, n: float, *of: dict[str, str], **more: str) -> Told:
    told = requests(n, *of, request_protocol="tcp", name=name, **more)
    return count(name, n, **{k: v for k, v in told.labels.items() if k != "response_code"})


def test_trap_36_tcp_received_is_what_the_caller_sent_whoever_reports(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        tcp(f"istio_tcp_{name}_total", n, side)
        for side in (SOURCE, DESTINATION)
        for name, n in (("connections_opened", 2), ("received_bytes", 700), ("sent_bytes", 90))
    ]
    heard = tell(engine, tmp_path, *told)
    for side in ("client", "server"):
        edge = heard.one(side, "shop/web", "shop/cart", tcp=True)
        assert (edge.n, edge.total("connections"), edge.total("bytes_in"), edge.total("bytes_out")) == (0, 2, 700, 90)
    assert heard.one("server", "shop/web", "shop/cart", tcp=True).known("mutual_tls") == 2


def test_trap_30_connections_opened_and_closed_keep_their_own_flags(engine: EmbeddedEngine, tmp_path: Path) -> None:
    opened = tcp("istio_tcp_connections_opened_total", 9, DESTINATION)
    closed = [
        tcp("istio_tcp_connections_closed_total", n, DESTINATION, response_flags=flag)
        for flag, n in (("-", 5), ("DENY", 3))
    ]
    edge = tell(engine, tmp_path, opened, *closed).one("server", "shop/web", "shop/cart", tcp=True)
    assert (edge.total("connections"), edge.flags) == (9, {"DENY": 3})


def test_trap_39_the_first_edge_through_an_egress_gateway_ends_there(engine: EmbeddedEngine, tmp_path: Path) -> None:
    outside = {
        "destination_service": "api.example.com",
        "destination_service_name": "api.example.com",
        "destination_service_namespace": "istio-system",
    }
    egress = {
        "destination_workload": "istio-egressgateway",
        "destination_workload_namespace": "istio-system",
        "destination_canonical_service": "istio-egressgateway",
    }
    gateway = {
        "source_workload": "istio-egressgateway",
        "source_workload_namespace": "istio-system",
        "source_canonical_service": "istio-egressgateway",
    }
    heard = tell(engine, tmp_path, requests(5, SOURCE, outside, egress), requests(5, SOURCE, gateway, outside, GONE))
    assert heard.pairs("client") == {
        ("shop/web", "istio-system/istio-egressgateway"),
        ("istio-system/istio-egressgateway", "api.example.com"),
    }


@pytest.mark.parametrize("cluster", ["PassthroughCluster", "BlackHoleCluster"])
def test_trap_53_a_catch_all_cluster_is_no_service(engine: EmbeddedEngine, tmp_path: Path, cluster: str) -> None:
    rows = [
        requests(n, SOURCE, GONE, {"destination_service": host, "destination_service_name": cluster})
        for host, n in (("a.example.com", 2), ("10.1.2.3:80", 3))
    ]
    heard = tell(engine, tmp_path, *rows)
    assert heard.pairs() == {("shop/web", "a.example.com"), ("shop/web", "ip of web")}


def test_recording_rules_and_gauges_are_not_counted_and_say_why(engine: EmbeddedEngine, tmp_path: Path) -> None:
    rule = requests(9, SOURCE, name="workload:istio_requests_total")
    held = requests(9, SOURCE, name="istio_requests_total", reporter="destination")
    heard = tell(engine, tmp_path, rule, Told(held.name, 9, held.labels, "gauge"), requests(1, SOURCE, reporter=""))
    assert heard.why("workload:istio_requests_total") == {"a recording rule of other series: never added to them"}
    assert heard.why("istio_requests_total") == {"a gauge, not counted", "no label says which side counted"}
    assert heard.rows == []


def test_ztunnel_reports_the_seven_edges_of_bookinfo_from_both_ends(engine: EmbeddedEngine, tmp_path: Path) -> None:
    text = (data_folder("fixtures") / "metrics" / "prometheus" / "istio-ztunnel-bookinfo.txt").read_text()
    told = page(text)
    heard = tell(engine, tmp_path, *told)
    assert heard.pairs("client", tcp=True) == heard.pairs("server", tcp=True)
    edges = {pair: heard.one("client", *pair, tcp=True) for pair in heard.pairs("client", tcp=True)}
    assert set(edges) == {
        ("default/traffic-gen", "default/productpage"),
        ("default/productpage", "default/details"),
        ("default/productpage", "default/reviews"),
        ("default/reviews", "default/ratings"),
    }
    sources = sum(one.value for one in told if one.labels["reporter"] == "source")
    assert sum(edge.total("connections") for edge in edges.values()) == sources
    assert edges["default/productpage", "default/reviews"].all("version") == {"v1", "v2", "v3"}
    for ends in edges:
        called = heard.one("server", *ends, tcp=True)
        assert called.known("mutual_tls") == called.known("reached") == called.total("connections")


def test_a_sidecars_page_gives_what_it_has_of_a_call(engine: EmbeddedEngine, tmp_path: Path) -> None:
    text = (data_folder("fixtures") / "metrics" / "prometheus" / "istio-sidecar-excerpt.txt").read_text()
    heard = tell(engine, tmp_path, *page(text))
    assert heard.pairs() == {("default/productpage", "default/reviews")}
    edge = heard.one("server", "default/productpage", "default/reviews")
    assert edge.total("bytes_out") > 0
    assert heard.why("envoy_cluster_upstream_rq_pending_total") == {"no rule for this metric"}


def test_trap_44_a_histogram_of_one_series_a_bucket_is_the_same_latency(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = requests(6, SOURCE)
    name = "istio_request_duration_milliseconds"
    parts = [
        *(
            count(f"{name}_bucket", n, **told.labels, le=le)
            for le, n in (("5", 1), ("10.0", 4), ("25", 5), ("+Inf", 6))
        ),
        count(f"{name}_sum", 90, **told.labels),
        count(f"{name}_count", 6, **told.labels),
    ]
    edge = tell(engine, tmp_path, told, *parts).one("client", "shop/web", "shop/cart")
    assert (edge.n, edge.latency, edge.total("duration_ms")) == (6, 6, 90)
    assert len({row["family"] for row in engine.query("SELECT family FROM readings FINAL WHERE family != 0")}) == 1
