"""Spans as senders send them: named situations with what they mean, and any mixture of real and hostile attributes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.build import T0, key_values, span, unix_ns

ISTIO = {
    "component": "proxy",
    "node_id": "sidecar~10.0.0.1~cart-7d9f8b6c5d-x2x4z.shop~shop.svc.cluster.local",
    "istio.canonical_service": "cart",
    "istio.canonical_revision": "v2",
    "istio.namespace": "shop",
    "istio.cluster_id": "Kubernetes",
}
ENVOY = {"component": "proxy", "response_flags": "-"}
CART = {"service.name": "cart", "service.namespace": "shop"}
LINKERD = {"service.name": "linkerd-proxy", "linkerd.io/workload-ns": "shop", "linkerd.io/proxy-deployment": "cart"}


@dataclass(frozen=True)
class Case:
    """`means`: columns and what they must be; those not named are as the twin says."""

    situation: str
    kind: str
    attributes: Mapping[str, Any]
    means: Mapping[str, Any]
    sender: Mapping[str, Any] = field(default_factory=lambda: CART)
    name: str = "GET"
    status: str = "unset"
    trace_state: str = ""

    def span(self) -> Span:
        return span(
            self.name, kind=self.kind, attributes=self.attributes, status=self.status, trace_state=self.trace_state
        )

    def resource(self) -> Resource:
        return Resource(attributes=key_values(self.sender))


CASES = (
    # Whose span it is.
    Case("an application by its resource", "server", {}, {"node": "shop/cart", "role": "in", "proxy": False}),
    Case("no namespace", "server", {}, {"node": "-/cart"}, {"service.name": "cart"}),
    Case("nobody", "server", {}, {"node": "-/unknown"}, {"service.name": "unknown_service:java"}),
    Case("a pod for a name", "server", {}, {"node": "shop/cart", "instance": "cart-7d9f8b6c5d-x2x4z"},
         {"service.name": "unknown_service", "k8s.namespace.name": "shop", "k8s.pod.name": "cart-7d9f8b6c5d-x2x4z"}),
    Case("a name with a slash", "server", {}, {"node": "shop/a%2Fb"}, {"service.name": "a/b", "service.namespace": "shop"}),
    Case("another cluster", "server", {}, {"node": "east:shop/cart"}, CART | {"k8s.cluster.name": "east"}),
    Case("Istio's name with namespace", "server", ISTIO | {"istio.canonical_service": ""},
         {"node": "shop/cart", "version": "v2", "instance": "cart-7d9f8b6c5d-x2x4z"}, {"service.name": "cart.shop"}),
    Case("Kuma", "server", {}, {"node": "shop/cart"}, {"service.name": "cart_shop_svc_8080", "kuma.mesh": "default"}),
    Case("Linkerd inbound client", "client", {"direction": "inbound", "url.path": "/a/7", "http.request.method": "GET"},
         {"node": "shop/cart", "role": "in", "proxy": True, "operation": "GET", "protocol": "http"}, LINKERD, name="/a/7"),
    Case("Linkerd outbound server", "server", {"direction": "outbound", "server.address": "stock.shop.svc.cluster.local"},
         {"role": "out", "peer": "stock", "peer_ns": "shop", "peer_kind": "service"}, LINKERD),
    # What part a proxy's span plays.
    Case("Istio outbound", "client", ISTIO | {"upstream_cluster": "outbound|8080|v1|payments.pay.svc.cluster.local"},
         {"role": "out", "peer": "payments", "peer_ns": "pay", "peer_kind": "service", "gateway": False}),
    Case("Istio inbound", "server", ISTIO | {"upstream_cluster": "inbound|8080||"}, {"role": "in", "gateway": False}),
    Case("Istio gateway", "server", ISTIO | {"node_id": "router~10.0.0.1~gw-1.shop~shop.svc.cluster.local",
         "upstream_cluster": "outbound|80||web.shop.svc.cluster.local"}, {"role": "in", "gateway": True}, name="web.shop:80/*"),
    Case("spawned egress is the caller's", "server", ENVOY | {"upstream_cluster": "cart:8080"},
         {"role": "out", "peer": "cart", "node": "shop/web"}, {"service.name": "web", "service.namespace": "shop"}, "egress cart"),
    Case("spawned child to the own application", "client", ENVOY | {"upstream_cluster": "local_app"}, {"role": "in"},
         name="router local_app egress"),
    Case("own service as cluster", "client", ENVOY | {"upstream_cluster": "cart"}, {"role": "in"}, name="router cart egress"),
    Case("a gateway by what it calls", "server", ENVOY | {"upstream_cluster": "web"}, {"role": "in", "gateway": True}, name="ingress"),
    Case("a gateway's attempt", "client", ENVOY | {"upstream_cluster": "web"}, {"role": "out", "peer": "web"}, name="router web egress"),
    Case("an own operation name", "server", ENVOY | {"upstream_cluster": "ads"}, {"role": "auto", "peer": "ads"}, name="GET /ads"),
    Case("direction by tag", "server", ENVOY | {"upstream_cluster": "ads", "traffic_direction": "outbound"}, {"role": "out"}),
    Case("waypoint", "server", {"component": "proxy", "node_id": "waypoint~1~wp-1.shop~shop.svc.cluster.local",
         "istio.canonical_service": "waypoint", "istio.destination_canonical_service": "cart", "istio.destination_namespace": "shop"},
         {"role": "relay", "peer": "cart", "peer_ns": "shop", "gateway": False, "node": "shop/waypoint"}),
    Case("a proxy's own telemetry", "client", ENVOY | {"upstream_cluster": "opentelemetry_collector"}, {"role": "local", "peer": ""}),
    Case("a probe", "server", {"user_agent.original": "kube-probe/1.30"}, {"role": "local"}),
    Case("passed through to a host", "client", ENVOY | {"upstream_cluster": "PassthroughCluster", "http.url": "https://api.example.com:443/x"},
         {"role": "out", "peer": "api.example.com", "peer_kind": "external"}, name="egress api.example.com"),
    Case("Consul", "client", ENVOY | {"upstream_cluster": "v1.stock.team.dc1.internal.e5b08d03.consul"}, {"peer": "stock", "peer_ns": "team"}),
    Case("Consul without namespaces", "client", ENVOY | {"upstream_cluster": "stock.default.dc1.internal.e5b08d03.consul"},
         {"peer": "stock", "peer_ns": ""}),
    Case("an east-west gateway's name", "client", ENVOY | {"upstream_cluster": "outbound_.8080_._.cart.shop.svc.cluster.local"},
         {"peer": "cart", "peer_ns": "shop"}),
    Case("Kuma's cluster", "client", ENVOY | {"upstream_cluster": "stock_shop_svc_8080-0a1b"}, {"peer": "stock", "peer_ns": "shop"}),
    Case("a headless pod", "client", {"server.address": "db-0.db.shop.svc.cluster.local"}, {"peer": "db", "peer_ns": "shop"}),
    Case("a caller's identity", "server", ENVOY | {"upstream_cluster": "local_app", "downstream_peer_uri_san": "spiffe://mesh.local/ns/shop/sa/web"},
         {"role": "in", "peer": "web", "peer_ns": "shop", "tls": "mutual"}),
    Case("a plaintext caller", "server", ENVOY | {"upstream_cluster": "local_app", "downstream_tls_version": "-"}, {"tls": "plain"}),
    # The other side of an application's span.
    Case("a named peer", "client", {"service.peer.name": "stock", "service.peer.namespace": "shop", "server.address": "10.1.1.1"},
         {"peer": "stock", "peer_ns": "shop", "peer_kind": "service"}),
    Case("a bare host", "client", {"server.address": "stock", "server.port": 8080}, {"peer": "stock", "peer_kind": "service"}),
    Case("a raw address", "client", {"server.address": "10.1.1.1"}, {"peer": "ip of cart", "peer_kind": "external"}),
    Case("localhost", "client", {"server.address": "localhost"}, {"role": "out", "peer": "", "peer_kind": "none"}),
    Case("a database by host", "client", {"db.system": "postgresql", "db.name": "orders", "server.address": "orders-db"},
         {"peer": "orders-db", "peer_kind": "database", "protocol": "db"}),
    Case("a database by address", "client", {"db.system.name": "mssql", "db.namespace": "orders", "db.operation": "SELECT",
         "server.address": "10.1.1.1"}, {"peer": "microsoft.sql_server/orders", "operation": "SELECT"}),
    Case("a cache", "client", {"db.system": "redis", "net.peer.name": "redis"}, {"peer": "redis", "peer_kind": "cache"}),
    Case("sqlite is in the process", "client", {"db.system": "sqlite"}, {"role": "local", "peer": "", "protocol": "db"}),
    Case("send", "producer", {"messaging.system": "kafka", "messaging.destination.name": "orders", "messaging.operation": "publish"},
         {"role": "send", "peer": "kafka/orders", "peer_kind": "queue", "protocol": "messaging", "operation": "publish orders"}),
    Case("a send of kind client", "client", {"messaging.system": "kafka", "messaging.destination.name": "orders", "messaging.operation.type": "send"},
         {"role": "send"}),
    Case("receive", "client", {"messaging.system": "aws_sqs", "messaging.destination.name": "q", "messaging.operation.type": "receive"},
         {"role": "receive", "peer": "aws_sqs/q"}),
    Case("process", "consumer", {"messaging.system": "rabbitmq", "messaging.destination.anonymous": True, "messaging.destination.name": "amq.gen-1"},
         {"role": "process", "peer": "rabbitmq/(temporary)"}),
    Case("settle", "client", {"messaging.system": "servicebus", "messaging.operation.type": "settle"}, {"role": "local", "peer": ""}),
    # How it ended.
    Case("a route", "server", {"http.request.method": "GET", "http.route": "/cart/{id}", "http.response.status_code": 503},
         {"operation": "GET /cart/{id}", "code": 503, "protocol": "http"}, status="error"),
    Case("the newer generation wins", "server", {"http.status_code": 200, "http.response.status_code": 404}, {"code": 404}),
    Case("a code as text", "server", {"http.status_code": "200.0"}, {"code": 200}),
    Case("gRPC by name", "client", {"rpc.system": "grpc", "rpc.service": "shop.Cart", "rpc.method": "Add", "rpc.response.status_code": "UNAVAILABLE"},
         {"grpc": 14, "protocol": "grpc", "operation": "shop.Cart/Add", "peer": "shop.Cart", "peer_kind": "external"}),
    Case("gRPC refused in HTTP", "client", {"rpc.system": "grpc", "http.response.status_code": 429}, {"grpc": 14, "code": 429}),
    Case("timed out but arrived", "client", ENVOY | {"upstream_cluster": "pay", "response_flags": "UT", "http.status_code": "504",
         "response_code_details": "response_timeout"}, {"arrived": 1, "flags": "UT", "code": 504}),
    Case("overflow with details arrived", "client", ENVOY | {"upstream_cluster": "pay", "response_flags": "UO",
         "response_code_details": "via_upstream"}, {"arrived": 1}),
    Case("overflow", "client", ENVOY | {"upstream_cluster": "pay", "response_flags": "UO"}, {"arrived": 0}),
    # How many it stands for.
    Case("one of two", "server", {}, {"weight": 2.0}, trace_state="a=b,ot=rv:6e6d1a75832a2f;th:8"),
    Case("one of four", "server", {}, {"weight": 4.0}, trace_state="ot=p:2"),
    Case("Jaeger's one of ten", "server", {"sampler.type": "probabilistic", "sampler.param": "0.1"}, {"weight": 10.0}),
)  # fmt: skip

NAMES = ["cart", "cart.shop", "shop", "web", "a/b", "east:x", "c@1%", "unknown", "-", "", "Кошик", "kube", "x" * 300]
HOSTS = [
    "cart", "cart:8080", "stock.shop", "db-0.db.shop.svc.cluster.local", "cart.shop.svc", "cart.shop.svc:80", ".svc", "a..svc",
    "api.example.com.", "10.0.0.7", "10.0.0.7:5432", "::1", "[fe80::1]:443", "[::1]", "[x", "localhost", "127.0.0.1:1", "0.0.0.0",
    "/var/run/db.sock", "a:b", "host:", ":80", "-", "",
]  # fmt: skip
CLUSTERS = [
    "local_app", "localhost:8080", "local", "localization", "inbound|8080||", "InboundPassthroughClusterIpv4", "cart", "web",
    "outbound|80|v1|cart.shop.svc.cluster.local", "outbound|80||api.example.com", "outbound|80", "PassthroughCluster",
    "BlackHoleCluster", "xds-grpc", "opentelemetry-x", "agent", "inbound-vip|80|http|cart.shop.svc.cluster.local", "encap",
    "outbound_.80_.v1_.cart.shop.svc.cluster.local", "outbound_.x_._.cart", "kri_dp_default_x", "stock.shop:80",
    "v1.web.team.dc1.internal.td.consul", "web.default.dc1.internal.td.consul", "ab12~web.ns.part.dc1.internal-v1.td.consul",
    "v2.web.ns.part.dc1.internal-v1.td.consul", "x.consul", "a.b.c.d.e.internal.td.consul", "cart_shop_svc_8080_default",
    "_shop_svc_1", "default_cart_shop_zone_msvc_80", "kri_msvc_default_zone_shop_cart_http", "-", "",
]  # fmt: skip
NODE_IDS = [
    ISTIO["node_id"], "router~1.1.1.1~gw-1.edge~edge.svc", "waypoint~1~w.shop~shop.svc", "sidecar~1~p.shop~", "cart-v1-0", "~", "a~b~.c~.d", "",
]  # fmt: skip
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
    "spiffe://td/ns/shop/sa/web", "spiffe://td/ns/shop/sa/default", "spiffe://td/ns/x/sa/y,spiffe://td/ns/a/sa/b", "-", "",
    "spiffe://td/ns/default/dc/dc1/svc/web", "spiffe://td/ap/p/ns/n/dc/d/svc/web", "spiffe://mesh/web_shop_svc_80", "https://x/y", "plain",
]  # fmt: skip
OPERATIONS = ["send", "publish", "process", "deliver", "receive", "create", "settle", "ack", ""]
SYSTEMS = ["postgresql", "mssql", "redis", "sqlite", "h2", "memcached", ""]
FLAGS = ["-", "", "UF", "UF,URX", "UO", "UT", "DC", "NR", "RL", "XX", "UC", "DI"]
DETAILS = [
    "via_upstream", "response_timeout", "upstream_reset_before_response_started{overflow}", "rbac_access_denied_matched_policy[none]", "-", "", "x",
]  # fmt: skip
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
    "user_agent.original": ["kube-probe/1.3", "curl/8", ""],
    "http.user_agent": ["kube-probe/1.3", ""],
    "user_agent": ["kube-probe/1.3", "curl"],
    "sampler.type": ["probabilistic", "const"],
    "sampler.param": ["0.1", "1", ".25", "1e-3", "2", "0", "x", 0.5, 1],
    "messaging.system": ["kafka", "rabbitmq", ""],
    **dict.fromkeys(["messaging.operation.type", "messaging.operation"], OPERATIONS),
    **dict.fromkeys(["db.system", "db.system.name"], SYSTEMS),
    **dict.fromkeys(["http.status_code", "http.response.status_code"], CODES),
    **dict.fromkeys(
        ["rpc.status_code", "rpc.response.status_code", "rpc.grpc.status_code", "rpc.connect_rpc.error_code", "grpc.status_code"], STATUSES
    ),
    **dict.fromkeys(
        ["messaging.destination.temporary", "messaging.destination.anonymous", "messaging.temp_destination"], [True, False, "true"]
    ),
    **dict.fromkeys(
        [f"istio.{what}" for what in ("canonical_service", "namespace", "cluster_id", "canonical_revision",
         "destination_canonical_service", "destination_namespace", "destination_workload")], [*NAMES, "latest", "Kubernetes", "istio-edgegateway"]
    ),
    **dict.fromkeys(
        ["http.request.method", "http.method", "http.route", "rpc.service", "rpc.method", "db.namespace", "db.name", "db.redis.database_index",
         "db.elasticsearch.cluster.name", "db.operation.name", "db.operation", "db.collection.name", "db.sql.table", "db.mongodb.collection",
         "db.cassandra.table", "messaging.destination.template", "messaging.destination.name", "messaging.destination"], FREE
    ),
}  # fmt: skip
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
    "", "ot=th:8", "ot=th:0", "ot=th:fd70a4", "ot=th:ffffffffffffff", "a=b, ot=rv:1;th:c", "ot=p:3", "ot=p:63", "ot=p:99", "ot=th:zz;p:1",
    "ot=th:123456789abcdef", "congo=t61", "ot=", "xot=th:8", "ot=p:62",
]  # fmt: skip


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
        kind=draw(st.integers(0, 5) | st.sampled_from([-1, 6, 300])),
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
