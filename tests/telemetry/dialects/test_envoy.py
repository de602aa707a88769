"""Envoy's statistics, in every spelling of their names (envoy-real.md §4). Traps as in mesh-telemetry.md §9."""

from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from tests.build import T0, later, load, log, logs, resource
from tests.telemetry.dialects.telling import Told, Understood, count, durations, flush, level, page, tell, understand

WEB = resource("web", namespace="shop", version="v3", instance="web-0", attributes={"telemetry.sdk.name": "envoy"})
CART = resource("cart", namespace="shop", version="v1", instance="cart-0", attributes={"telemetry.sdk.name": "envoy"})
TO = {"envoy.cluster_name": "cart"}


def stat(name: str, n: float, cluster: str = "cart", /, **more: str) -> Told:
    """A counter of a cluster as the sink sends it."""
    return Told(
        f"cluster.{name}", n, {"envoy.cluster_name": cluster, **{k.replace("__", "."): v for k, v in more.items()}}
    )


def code(n: float, status: int = 200, cluster: str = "cart") -> Told:
    return stat("upstream_rq", n, cluster, envoy__response_code=str(status))


def use(name: str, n: float, cluster: str = "cart") -> Told:
    return Told(f"cluster.{name}", n, {"envoy.cluster_name": cluster}, "gauge")


def edge_of(heard: Understood) -> dict[str, float]:
    return heard.one("client", "shop/web", "cart").codes


def test_trap_02_codes_classes_and_their_copies_are_one_number(engine: EmbeddedEngine, tmp_path: Path) -> None:
    copies = [
        stat(f"{part}upstream_rq{name}", n, **labels)
        for part in ("", "external.", "retry.", "zone.", "canary.")
        for name, n, labels in (
            ("_completed", 12.0, {}),
            ("_xx", 10.0, {"envoy__response_code_class": "2"}),
            ("_xx", 2.0, {"envoy__response_code_class": "5"}),
            ("", 10.0, {"envoy__response_code": "200"}),
            ("", 2.0, {"envoy__response_code": "503"}),
        )
    ]
    heard = tell(engine, tmp_path, *copies, stat("upstream_rq_total", 15), sender=WEB)
    edge = heard.one("client", "shop/web", "cart")
    assert (edge.codes, edge.classes, edge.n) == ({"200": 10, "503": 2}, {"ok": 10, "error": 2}, 12)
    assert {row["rank"] for row in heard.rows} == {50}


def test_classes_count_where_codes_do_not_and_the_whole_where_neither_does(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    told = [
        stat("upstream_rq_completed", 9),
        *(stat("upstream_rq_xx", n, envoy__response_code_class=digit) for digit, n in (("2", 5), ("4", 3), ("5", 1))),
        stat("upstream_rq_completed", 7, "ads"),
    ]
    heard = tell(engine, tmp_path, *told, sender=WEB)
    assert heard.one("client", "shop/web", "cart").classes == {"ok": 5, "client_error": 3, "error": 1}
    assert heard.one("client", "shop/web", "ads").classes == {"ok": 7}


def test_flags_retries_and_latency_of_a_cluster(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        code(50),
        code(21, 503),
        code(4, 504),
        stat("upstream_rq_retry", 8),
        stat("upstream_rq_retry_success", 5),
        stat("upstream_cx_none_healthy", 6),
        stat("upstream_rq_timeout", 4),
        stat("upstream_rq_pending_overflow", 3),
        stat("upstream_rq_retry_overflow", 2),
        stat("upstream_rq_pending_failure_eject", 7),
        stat("upstream_rq_retry_limit_exceeded", 1),
        Told("cluster.upstream_rq_time", 800.0, TO, "histogram", (5.0, 10.0, 25.0), (40, 0, 10, 0)),
    ]
    edge = tell(engine, tmp_path, *told, sender=WEB).one("client", "shop/web", "cart")
    assert edge.codes == {"200": 50, "503": 21, "504": 4}
    assert edge.flags == {"UH": 6, "UT": 4, "UO": 5, "UF": 7, "URX": 1}
    assert (edge.total("attempts"), edge.total("retry_success")) == (83, 5)
    assert (edge.latency, edge.total("duration_ms")) == (50, 800)
    assert {(row["flags"], row["arrived"]) for row in edge.rows if row["flags"] == "UO"} == {("UO", 0), ("UO", 1)}


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("cluster.shop.upstream_rq", {"envoy.cluster_name": "stock", "envoy.response_code": "503"}),
        ("cluster.upstream_rq", {"envoy.cluster_name": "stock.shop", "envoy.response_code": "503"}),
        ("mesh.cluster.stock.shop.upstream_rq_503", {}),
        ("cluster.stock.shop.upstream_rq_503", {"envoy.cluster_name": "stock", "envoy.response_code": "503"}),
        ("cluster.shop;.upstream_rq", {"envoy.cluster_name": "stock", "envoy.response_code": "503"}),
        ("envoy_cluster_shop_upstream_rq", {"envoy_cluster_name": "stock", "envoy_response_code": "503"}),
        ("envoy_cluster_upstream_rq", {"cluster_name": "stock.shop;", "response_code": "503"}),
    ],
)
def test_a_cut_name_of_a_cluster_is_whole_again(
    engine: EmbeddedEngine, tmp_path: Path, name: str, labels: dict[str, str]
) -> None:
    heard = tell(engine, tmp_path, Told(name, 3, labels), sender=WEB)
    assert heard.one("client", "shop/web", "stock.shop").codes == {"503": 3}


@pytest.mark.parametrize(
    ("cluster", "called", "version"),
    [
        ("outbound|8080|v1|payments.pay.svc.cluster.local", "pay/payments", "v1"),
        ("outbound|8080||payments.pay.svc.cluster.local", "pay/payments", ""),
        ("outbound_.8080_.v2_.payments.pay.svc.cluster.local", "pay/payments", "v2"),
        ("reviews_shop_svc_9080", "shop/reviews", ""),
        ("v1.web.shop.dc1.internal.11111111-2222.consul", "shop/web", ""),
        ("cart_8080", "cart", ""),
        ("mail.example.com", "mail.example.com", ""),
    ],
)
def test_what_a_clusters_name_says(
    engine: EmbeddedEngine, tmp_path: Path, cluster: str, called: str, version: str
) -> None:
    heard = tell(engine, tmp_path, code(3, 200, cluster), sender=WEB)
    assert heard.one("client", "shop/web", called).all("version") == {version}


@pytest.mark.parametrize("cluster", ["local_app", "inbound|8080||", "cart"])
def test_the_way_to_its_own_application_is_the_called_side(
    engine: EmbeddedEngine, tmp_path: Path, cluster: str
) -> None:
    heard = tell(engine, tmp_path, code(3, 200, cluster), sender=CART)
    node = heard.one("server", "", "shop/cart")
    assert (node.codes, node.all("version"), node.all("instance")) == ({"200": 3}, {"v1"}, {"cart-0"})
    assert heard.servers == {("envoy", "shop/cart")}


def test_a_cluster_that_access_logs_go_through_inwards_is_read_again(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = (code(3, 200, "backend"), stat("upstream_rq_completed", 3, "backend"))
    inward = {
        "traffic_direction": "inbound",
        "upstream_cluster": "backend",
        "response_code": "200",
        "response_flags": "-",
    }
    load(engine, tmp_path, logs(CART, log(attributes=inward, trace=1, id=1)), received=T0)
    assert tell(engine, tmp_path, *told, sender=CART).one("server", "", "shop/cart").codes == {"200": 3}


def test_trap_52_a_proxys_own_requests_are_no_traffic(engine: EmbeddedEngine, tmp_path: Path) -> None:
    own = [code(40, 200, "telemetry"), stat("internal.upstream_rq_completed", 40, "telemetry")]
    shared = [code(6), stat("internal.upstream_rq_completed", 1), stat("external.upstream_rq_completed", 5)]
    heard = tell(engine, tmp_path, *own, *shared, code(9, 200, "xds-grpc"), sender=WEB)
    assert heard.pairs() == {("shop/web", "cart")}


def test_tcp_is_told_by_what_http_alone_has(engine: EmbeddedEngine, tmp_path: Path) -> None:
    redis = [
        stat("upstream_cx_total", 8, "redis"),
        stat("upstream_rq_total", 8, "redis"),
        stat("upstream_cx_rx_bytes_total", 900, "redis"),
        stat("upstream_cx_tx_bytes_total", 300, "redis"),
        stat("upstream_cx_connect_fail", 2, "redis"),
    ]
    web = [code(5), stat("upstream_cx_total", 1), stat("upstream_cx_http1_total", 1), stat("upstream_rq_completed", 5)]
    heard = tell(engine, tmp_path, *redis, *web, sender=WEB)
    edge = heard.one("client", "shop/web", "redis", tcp=True)
    assert (edge.n, edge.total("connections"), edge.flags) == (0, 8, {"UF": 2})
    assert (edge.total("bytes_in"), edge.total("bytes_out")) == (300, 900)
    assert heard.pairs(tcp=True) == {("shop/web", "redis")}


def test_zeros_of_a_prometheus_page_do_not_make_tcp_http(engine: EmbeddedEngine, tmp_path: Path) -> None:
    labels = {"envoy_cluster_name": "redis"}
    told = [
        Told(f"envoy_cluster_{name}", n, labels)
        for name, n in (("upstream_cx_total", 4), ("upstream_cx_http1_total", 0), ("upstream_rq_completed", 0))
    ]
    assert (
        tell(engine, tmp_path, *told, sender=WEB).one("client", "shop/web", "redis", tcp=True).total("connections") == 4
    )


def test_grpc_status_of_the_filter_says_how_calls_ended(engine: EmbeddedEngine, tmp_path: Path) -> None:
    bridge = {"envoy__grpc_bridge_service": "shop", "envoy__grpc_bridge_method": "Reco"}
    told = [
        code(40, 200, "reco"),
        code(3, 503, "reco"),
        stat("upstream_rq_completed", 43, "reco"),
        *(stat(f"grpc.Suggest.{status}", n, "reco", **bridge) for status, n in (("0", 35), ("14", 5), ("total", 40))),
    ]
    edge = tell(engine, tmp_path, *told, sender=WEB).one("client", "shop/web", "reco")
    assert edge.codes == {"grpc:0": 35, "grpc:14": 8}
    assert edge.all("protocol") == {"grpc"}
    inward = [Told(t.name, t.value, {**t.labels, "envoy.cluster_name": "local_app"}) for t in told]
    node = tell(engine, tmp_path, *inward, sender=CART).one("server", "", "shop/cart")
    assert node.all("operation") == {"shop.Reco/Suggest", ""}


def test_shares_of_mtls_are_those_of_connections(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        code(30),
        code(10, 503),
        stat("upstream_cx_none_healthy", 10),
        stat("upstream_cx_total", 4),
        stat("upstream_cx_http1_total", 4),
        stat("ssl.handshake", 3),
        code(5, 200, "ads"),
        stat("upstream_cx_total", 2, "ads"),
        stat("upstream_cx_http2_total", 2, "ads"),
    ]
    heard = tell(engine, tmp_path, *told, sender=WEB)
    cart, ads = heard.one("client", "shop/web", "cart"), heard.one("client", "shop/web", "ads")
    assert (cart.known("mutual_tls"), cart.known("reached")) == (22.5, 30)
    assert (ads.known("mutual_tls"), ads.known("reached")) == (0, 5)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([], None, id="nothing says"),
        pytest.param([stat("upstream_rq_pending_overflow", 1)], 1, id="a queue that overflowed between two flushes"),
        pytest.param([stat("upstream_rq_retry_overflow", 1)], 1, id="retries beyond their budget"),
        pytest.param(
            [use("upstream_rq_active", 30), use("circuit_breakers.default.remaining_rq", 70)], 0.3, id="requests"
        ),
        pytest.param(
            [
                stat("upstream_cx_http1_total", 1),
                use("upstream_cx_active", 2),
                use("upstream_rq_active", 1),
                use("circuit_breakers.default.remaining_cx", 0),
                use("circuit_breakers.default.cx_open", 1),
            ],
            0.5,
            id="idle connections of a pool are no use",
        ),
        pytest.param([use("circuit_breakers.default.remaining_pending", -2)], 0, id="an unlimited breaker"),
        pytest.param([use("circuit_breakers.default.remaining_pending", 2.0**64 - 2)], 0, id="the same as unsigned"),
        pytest.param([use("circuit_breakers.default.rq_pending_open", 1)], 1, id="open"),
        pytest.param([use("circuit_breakers.default.rq_pending_open", 0)], None, id="not open says not how full"),
        pytest.param([use("membership_total", 4), use("membership_healthy", 3)], 0.25, id="a member is unhealthy"),
    ],
)
def test_saturation(engine: EmbeddedEngine, tmp_path: Path, told: list[Told], expected: float | None) -> None:
    rows = (
        tell(engine, tmp_path, code(5), stat("upstream_rq_completed", 5), *told, sender=WEB)
        .one("client", "shop/web", "cart")
        .rows
    )
    known = [row["saturation"] for row in rows if row["saturation"] is not None]
    assert (max(known) if known else None) == expected


def test_a_limit_that_was_full_between_two_flushes_of_a_bucket(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for at, active in ((2, 0), (6, 4)):
        told = (use("upstream_rq_active", active), use("circuit_breakers.default.remaining_rq", 4 - active), code(5))
        load(engine, tmp_path, flush(later(at), WEB, told, ended=at == 6), received=later(10))
    rows = understand(engine).one("client", "shop/web", "cart").rows
    assert max(row["saturation"] for row in rows if row["saturation"] is not None) == 1


def test_ejections_that_gauges_miss(engine: EmbeddedEngine, tmp_path: Path) -> None:
    members = [use("membership_total", 4), use("outlier_detection.ejections_active", 0)]
    enforced = stat("outlier_detection.ejections_enforced_total", 1)
    edge = tell(engine, tmp_path, code(5), *members, enforced, sender=WEB).one("client", "shop/web", "cart")
    assert {row["ejected"] for row in edge.rows} == {0.25}


def http(name: str, n: float, prefix: str = "ingress", /, **more: str) -> Told:
    return Told(
        f"http.{name}",
        n,
        {"envoy.http_conn_manager_prefix": prefix, **{k.replace("__", "."): v for k, v in more.items()}},
    )


def test_a_gateway_receives_what_its_listeners_answered(engine: EmbeddedEngine, tmp_path: Path) -> None:
    gateway = resource("gateway", namespace="edge", attributes={"telemetry.sdk.name": "envoy"})
    told = [
        code(40),
        *(
            http("downstream_rq_xx", n, envoy__response_code_class=digit)
            for digit, n in (("2", 40), ("4", 5), ("5", 2))
        ),
        http("downstream_rq_rx_reset", 3),
        http("no_route", 5),
        http("downstream_rq_xx", 99, "admin", envoy__response_code_class="2"),
        http("downstream_rq_xx", 99, "async-client", envoy__response_code_class="2"),
    ]
    heard = tell(engine, tmp_path, *told, sender=gateway)
    entry = heard.one("server", "", "edge/gateway")
    assert entry.classes == {"ok": 40, "client_error": 5, "error": 2, "cancelled": 3}
    assert entry.flags == {"NR": 5, "DC": 3}
    assert heard.servers == {("envoy", "edge/gateway")}


def test_trap_23_a_sidecar_adds_what_it_refused_itself(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        code(40, 200, "local_app"),
        stat("upstream_rq_completed", 40, "local_app"),
        http("downstream_rq_xx", 40, "inbound", envoy__response_code_class="2"),
        http("rbac.denied", 7, "inbound"),
        http("downstream_rq_rx_reset", 2, "inbound"),
        http("downstream_rq_rx_reset", 9, "outbound"),
        Told("http_local_rate_limit.rate_limited", 4, {"envoy.local_http_ratelimit_prefix": "limiter"}),
    ]
    node = tell(engine, tmp_path, *told, sender=CART).one("server", "", "shop/cart")
    assert node.classes == {"ok": 40, "denied": 7, "throttled": 4, "cancelled": 2}
    assert node.codes == {"200": 40, "403": 7, "429": 4, "": 2}


def test_a_prometheus_page_says_the_same_as_the_sink(engine: EmbeddedEngine, tmp_path: Path) -> None:
    text = """
# TYPE envoy_cluster_upstream_rq counter
envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="cart"} 10
envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="cart"} 2
# TYPE envoy_cluster_upstream_rq_xx counter
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="cart"} 10
envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="cart"} 2
# TYPE envoy_cluster_upstream_rq_completed counter
envoy_cluster_upstream_rq_completed{envoy_cluster_name="cart"} 12
# TYPE envoy_cluster_upstream_rq_total counter
envoy_cluster_upstream_rq_total{envoy_cluster_name="cart"} 14
# TYPE envoy_cluster_upstream_rq_time histogram
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="cart",le="5"} 9
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="cart",le="+Inf"} 12
envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="cart"} 70
envoy_cluster_upstream_rq_time_count{envoy_cluster_name="cart"} 12
"""
    edge = tell(engine, tmp_path, *page(text), sender=WEB).one("client", "shop/web", "cart")
    assert (edge.codes, edge.latency, edge.total("duration_ms")) == ({"200": 10, "503": 2}, 12, 70)


def test_a_proxy_that_nobody_names_is_told_so(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, code(3), sender=resource(attributes={"telemetry.sdk.name": "envoy"}))
    assert (heard.rows, heard.why("cluster.upstream_rq")) == ([], {"nobody says whose metric this is"})


def test_identity_only_in_fixed_tags_of_the_statistics(engine: EmbeddedEngine, tmp_path: Path) -> None:
    tags = {"service__name": "web", "service__namespace": "shop"}
    told = count("cluster.upstream_rq", 3, envoy__cluster_name="cart", envoy__response_code="200", **tags)
    heard = tell(engine, tmp_path, told, level("server.live", 1, **tags), sender=resource())
    assert heard.one("client", "shop/web", "cart").n == 3


def test_an_idle_cluster_still_says_that_its_bucket_is_covered(engine: EmbeddedEngine, tmp_path: Path) -> None:
    tell(engine, tmp_path, code(3), stat("upstream_rq_completed", 3), sender=WEB)
    edge = understand(engine).one("client", "shop/web", "cart")
    assert edge.n == 3
    quiet = tell(
        engine,
        tmp_path,
        code(0, 503, "ads"),
        durations("cluster.upstream_rq_time", 0, [0, 0, 0, 0, 0, 0], envoy__cluster_name="ads"),
        sender=WEB,
    )
    assert quiet.one("client", "shop/web", "ads").n == 0
