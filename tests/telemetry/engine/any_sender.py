"""Any sender: real situations with a few attributes more, drawn from pools of real and hostile values."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.build import T0, key_values, span, unix_ns
from tests.telemetry.engine.senders import CASES, ISTIO

NAMES = ["cart", "cart.shop", "shop", "web", "a/b", "east:x", "c@1%", "unknown", "-", "", "Кошик", "kube", "x" * 300]
HOSTS = [
    "cart",
    "cart:8080",
    "stock.shop",
    "db-0.db.shop.svc.cluster.local",
    "cart.shop.svc",
    "cart.shop.svc:80",
    ".svc",
    "a..svc",
    "api.example.com.",
    "10.0.0.7",
    "10.0.0.7:5432",
    "::1",
    "[fe80::1]:443",
    "[::1]",
    "[x",
    "localhost",
    "127.0.0.1:1",
    "0.0.0.0",
    "/var/run/db.sock",
    "a:b",
    "host:",
    ":80",
    "-",
    "",
]
CLUSTERS = [
    "local_app",
    "localhost:8080",
    "local",
    "localization",
    "inbound|8080||",
    "InboundPassthroughClusterIpv4",
    "cart",
    "web",
    "outbound|80|v1|cart.shop.svc.cluster.local",
    "outbound|80||api.example.com",
    "outbound|80",
    "PassthroughCluster",
    "BlackHoleCluster",
    "xds-grpc",
    "opentelemetry-x",
    "agent",
    "inbound-vip|80|http|cart.shop.svc.cluster.local",
    "encap",
    "outbound_.80_.v1_.cart.shop.svc.cluster.local",
    "outbound_.x_._.cart",
    "kri_dp_default_x",
    "stock.shop:80",
    "v1.web.team.dc1.internal.td.consul",
    "web.default.dc1.internal.td.consul",
    "ab12~web.ns.part.dc1.internal-v1.td.consul",
    "v2.web.ns.part.dc1.internal-v1.td.consul",
    "x.consul",
    "a.b.c.d.e.internal.td.consul",
    "cart_shop_svc_8080_default",
    "_shop_svc_1",
    "default_cart_shop_zone_msvc_80",
    "kri_msvc_default_zone_shop_cart_http",
    "-",
    "",
]
NODE_IDS = [
    ISTIO["node_id"],
    "router~1.1.1.1~gw-1.edge~edge.svc",
    "waypoint~1~w.shop~shop.svc",
    "sidecar~1~p.shop~",
    "cart-v1-0",
    "~",
    "a~b~.c~.d",
    "",
]
CODES = [
    "200",
    "503",
    "404",
    "0",
    "",
    "-",
    " 200 ",
    "200.0",
    "200.5",
    "abc",
    "99999",
    200,
    503,
    200.0,
    404.5,
    True,
    None,
]
STATUSES = [
    "OK",
    "unavailable",
    "deadline_exceeded",
    "DeadlineExceeded",
    "14",
    "14.0",
    "17",
    "99",
    "canceled",
    "",
    "x",
    14,
    0,
    5.0,
]
SANS = [
    "spiffe://td/ns/shop/sa/web",
    "spiffe://td/ns/shop/sa/default",
    "spiffe://td/ns/x/sa/y,spiffe://td/ns/a/sa/b",
    "-",
    "",
    "spiffe://td/ns/default/dc/dc1/svc/web",
    "spiffe://td/ap/p/ns/n/dc/d/svc/web",
    "spiffe://mesh/web_shop_svc_80",
    "https://x/y",
    "plain",
]
OPERATIONS = ["send", "publish", "process", "deliver", "receive", "create", "settle", "ack", ""]
SYSTEMS = ["postgresql", "mssql", "redis", "sqlite", "h2", "memcached", ""]
FLAGS = ["-", "", "UF", "UF,URX", "UO", "UT", "DC", "NR", "RL", "XX", "UC", "DI"]
DETAILS = [
    "via_upstream",
    "response_timeout",
    "upstream_reset_before_response_started{overflow}",
    "rbac_access_denied_matched_policy[none]",
    "-",
    "",
    "x",
]
FREE = ["a", "a b", "/x/y", "//z", "", "-", 7, True, ["a"], {"k": "v"}, b"raw", None]

VALUES: dict[str, list[Any]] = {
    "component": ["proxy", "net/http", ""],
    "node_id": NODE_IDS,
    "direction": ["inbound", "outbound", "x"],
    "traffic_direction": ["inbound", "OUTBOUND", "outbound", "-", ""],
    "upstream_cluster": CLUSTERS,
    "upstream_cluster.name": CLUSTERS,
    "response_flags": FLAGS,
    "response_code_details": DETAILS,
    "upstream_tls_version": ["TLSv1.3", "-"],
    "downstream_tls_version": ["TLSv1.3", "-"],
    "upstream_peer_uri_san": SANS,
    "downstream_peer_uri_san": SANS,
    "tls": ["true", "disabled", "x"],
    "url.path": ["/a", ""],
    "url.full": ["http://cart:80/x", "https://u:p@[::1]:1/", "ftp//x", "http://", "HTTP://10.0.0.1", ""],
    "http.url": ["http://stock.shop:80/x?y=@", "x"],
    "http.host": HOSTS,
    "grpc.authority": HOSTS,
    "grpc.path": ["/shop.Cart/Add", ""],
    "server.address": HOSTS,
    "net.peer.name": HOSTS,
    "network.peer.address": HOSTS,
    "net.sock.peer.addr": HOSTS,
    "net.peer.ip": HOSTS,
    "peer.service": HOSTS + NAMES,
    "service.peer.name": HOSTS + NAMES,
    "service.peer.namespace": NAMES,
    "rpc.system": ["grpc", "connect_rpc", "dubbo", ""],
    "rpc.system.name": ["grpc", "connectrpc", "jsonrpc", ""],
    "user_agent.original": ["kube-probe/1.3", *["curl/8"] * 9, ""],
    "http.user_agent": ["kube-probe/1.3", *[""] * 9],
    "user_agent": ["kube-probe/1.3", *["curl"] * 9],
    "sampler.type": ["probabilistic", "const"],
    "sampler.param": ["0.1", "1", ".25", "1e-3", "2", "0", "x", 0.5, 1],
    "messaging.system": ["kafka", "rabbitmq", ""],
    **dict.fromkeys(["messaging.operation.type", "messaging.operation"], OPERATIONS),
    **dict.fromkeys(["db.system", "db.system.name"], SYSTEMS),
    **dict.fromkeys(["http.status_code", "http.response.status_code"], CODES),
    **dict.fromkeys(
        [
            "rpc.status_code",
            "rpc.response.status_code",
            "rpc.grpc.status_code",
            "rpc.connect_rpc.error_code",
            "grpc.status_code",
        ],
        STATUSES,
    ),
    **{
        key: [True, False, "true"]
        for key in ["messaging.destination.temporary", "messaging.destination.anonymous", "messaging.temp_destination"]
    },
    **{
        key: [*NAMES, "latest", "Kubernetes", "istio-edgegateway"]
        for key in [
            f"istio.{what}"
            for what in (
                "canonical_service",
                "namespace",
                "cluster_id",
                "canonical_revision",
                "destination_canonical_service",
                "destination_namespace",
                "destination_workload",
            )
        ]
    },
    **dict.fromkeys(
        [
            "http.request.method",
            "http.method",
            "http.route",
            "rpc.service",
            "rpc.method",
            "db.namespace",
            "db.name",
            "db.redis.database_index",
            "db.elasticsearch.cluster.name",
            "db.operation.name",
            "db.operation",
            "db.collection.name",
            "db.sql.table",
            "db.mongodb.collection",
            "db.cassandra.table",
            "messaging.destination.template",
            "messaging.destination.name",
            "messaging.destination",
        ],
        FREE,
    ),
}
RESOURCE_VALUES: dict[str, list[Any]] = {
    "service.name": [
        *NAMES,
        "unknown_service:go",
        "linkerd-proxy",
        "cart_shop_svc_80",
        "a_b_svc_x",
        "istio-ingressgateway",
        7,
    ],
    "service.namespace": NAMES,
    "k8s.namespace.name": NAMES,
    "telemetry.sdk.name": ["envoy", "opentelemetry"],
    "k8s.cluster.name": ["Kubernetes", "east", "a:b", ""],
    "istio.cluster_id": ["Kubernetes", "west"],
    "kuma.zone": ["z"],
    "kuma.mesh": ["m"],
    "service.version": ["v1", "", "unknown"],
    "app.kubernetes.io/version": ["v2"],
    "app.kubernetes.io/name": ["labelled"],
    "app": ["app"],
    "linkerd.io/workload-ns": NAMES,
    "linkerd.io/proxy-deployment": ["dep"],
    "k8s.deployment.name": ["dep2", ""],
    "k8s.job.name": ["job"],
    "k8s.pod.name": ["cart-7d9f8b6c5d-x2x4z", "db-0", "plain", "cart-x2x4z", "-0", ""],
    "service.instance.id": ["i1", "-"],
    "host.name": ["h1"],
    "istio": ["ingressgateway", "x"],
    "gateway.networking.k8s.io/gateway-name": ["gw"],
}
STATES = [
    "",
    "ot=th:8",
    "ot=th:0",
    "ot=th:fd70a4",
    "ot=th:ffffffffffffff",
    "a=b, ot=rv:1;th:c",
    "ot=p:3",
    "ot=p:63",
    "ot=p:99",
    "ot=th:zz;p:1",
    "ot=th:123456789abcdef",
    "congo=t61",
    "ot=",
    "xot=th:8",
    "ot=p:62",
]


def some_of(pool: Mapping[str, list[Any]], most: int) -> st.SearchStrategy[list[tuple[str, Any]]]:
    """Pairs from a pool of values by key; a key may come twice."""
    pair = st.sampled_from(sorted(pool)).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(pool[key])))
    return st.lists(pair, max_size=most)


@st.composite
def sent(draw: st.DrawFn) -> tuple[Span, Resource]:
    """A span and its sender; often a real situation with a few attributes more."""
    base = draw(st.sampled_from([None, *CASES]))
    attributes = draw(some_of(VALUES, 8)) + ([] if base is None else list(base.attributes.items()))
    sender = draw(some_of(RESOURCE_VALUES, 5)) + ([] if base is None else list(base.sender.items()))
    kind: str | int = base.kind if base else draw(st.sampled_from([2, 2, 2, 3, 3, 3, 3, 4, 5, 0, 1, -1, 6, 300]))
    at = unix_ns(T0)
    start = draw(
        st.sampled_from(
            [
                at,
                at - 1,
                at - 169200 * 10**9,
                at - 169200 * 10**9 - 1,
                at + 600 * 10**9,
                at + 600 * 10**9 + 1,
                0,
                2**63,
                2**64 - 1,
            ]
        )
    )
    made = span(
        draw(st.sampled_from(["GET", "ingress", "egress", "egress cart", "egressing", "router cart egress", ""])),
        kind=kind,
        start_ns=start,
        end_ns=draw(st.sampled_from([0, start, min(2**64 - 1, start + 5_000_000), 2**64 - 1])),
        status=draw(st.integers(0, 2) | st.sampled_from([3, 257])),
        message=draw(st.sampled_from(["", "boom\t'quoted'"])),
        parent=draw(st.sampled_from([b"", b"\1\2", b"12345678", b"123456789"])),
        trace=draw(st.sampled_from([b"\1" * 16, b"short", b"\2" * 40])),
        attributes=draw(st.permutations(attributes)),
        trace_state=draw(st.sampled_from(STATES)),
    )
    return made, Resource(attributes=key_values(draw(st.permutations(sender))))
