"""Spans as senders send them: situations by name, with what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.build import key_values, span

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
    Case(
        "a pod for a name",
        "server",
        {},
        {"node": "shop/cart", "instance": "cart-7d9f8b6c5d-x2x4z"},
        {"service.name": "unknown_service", "k8s.namespace.name": "shop", "k8s.pod.name": "cart-7d9f8b6c5d-x2x4z"},
    ),
    Case(
        "a name with a slash",
        "server",
        {},
        {"node": "shop/a%2Fb"},
        {"service.name": "a/b", "service.namespace": "shop"},
    ),
    Case("another cluster", "server", {}, {"node": "east:shop/cart"}, CART | {"k8s.cluster.name": "east"}),
    Case(
        "Istio's name with namespace",
        "server",
        ISTIO | {"istio.canonical_service": ""},
        {"node": "shop/cart", "version": "v2", "instance": "cart-7d9f8b6c5d-x2x4z"},
        {"service.name": "cart.shop"},
    ),
    Case("Kuma", "server", {}, {"node": "shop/cart"}, {"service.name": "cart_shop_svc_8080", "kuma.mesh": "default"}),
    Case(
        "Linkerd inbound client",
        "client",
        {"direction": "inbound", "url.path": "/a/7", "http.request.method": "GET"},
        {"node": "shop/cart", "role": "in", "proxy": True, "operation": "GET", "protocol": "http"},
        LINKERD,
        name="/a/7",
    ),
    Case(
        "Linkerd outbound server",
        "server",
        {"direction": "outbound", "server.address": "stock.shop.svc.cluster.local"},
        {"role": "out", "peer": "stock", "peer_ns": "shop", "peer_kind": "service"},
        LINKERD,
    ),
    # What part a proxy's span plays.
    Case(
        "Istio outbound",
        "client",
        ISTIO | {"upstream_cluster": "outbound|8080|v1|payments.pay.svc.cluster.local"},
        {"role": "out", "peer": "payments", "peer_ns": "pay", "peer_kind": "service", "gateway": False},
    ),
    Case("Istio inbound", "server", ISTIO | {"upstream_cluster": "inbound|8080||"}, {"role": "in", "gateway": False}),
    Case(
        "Istio gateway",
        "server",
        ISTIO
        | {
            "node_id": "router~10.0.0.1~gw-1.shop~shop.svc.cluster.local",
            "upstream_cluster": "outbound|80||web.shop.svc.cluster.local",
        },
        {"role": "in", "gateway": True},
        name="web.shop:80/*",
    ),
    Case(
        "spawned egress is the caller's",
        "server",
        ENVOY | {"upstream_cluster": "cart:8080"},
        {"role": "out", "peer": "cart", "node": "shop/web"},
        {"service.name": "web", "service.namespace": "shop"},
        "egress cart",
    ),
    Case(
        "spawned child to the own application",
        "client",
        ENVOY | {"upstream_cluster": "local_app"},
        {"role": "in"},
        name="router local_app egress",
    ),
    Case(
        "own service as cluster",
        "client",
        ENVOY | {"upstream_cluster": "cart"},
        {"role": "in"},
        name="router cart egress",
    ),
    Case(
        "a gateway by what it calls",
        "server",
        ENVOY | {"upstream_cluster": "web"},
        {"role": "in", "gateway": True},
        name="ingress",
    ),
    Case(
        "a gateway's attempt",
        "client",
        ENVOY | {"upstream_cluster": "web"},
        {"role": "out", "peer": "web"},
        name="router web egress",
    ),
    Case(
        "an own operation name",
        "server",
        ENVOY | {"upstream_cluster": "ads"},
        {"role": "auto", "peer": "ads"},
        name="GET /ads",
    ),
    Case(
        "direction by tag",
        "server",
        ENVOY | {"upstream_cluster": "ads", "traffic_direction": "outbound"},
        {"role": "out"},
    ),
    Case(
        "waypoint",
        "server",
        {
            "component": "proxy",
            "node_id": "waypoint~1~wp-1.shop~shop.svc.cluster.local",
            "istio.canonical_service": "waypoint",
            "istio.destination_canonical_service": "cart",
            "istio.destination_namespace": "shop",
        },
        {"role": "relay", "peer": "cart", "peer_ns": "shop", "gateway": False, "node": "shop/waypoint"},
    ),
    Case(
        "a proxy's own telemetry",
        "client",
        ENVOY | {"upstream_cluster": "opentelemetry_collector"},
        {"role": "local", "peer": ""},
    ),
    Case("a probe", "server", {"user_agent.original": "kube-probe/1.30"}, {"role": "local"}),
    Case(
        "passed through to a host",
        "client",
        ENVOY | {"upstream_cluster": "PassthroughCluster", "http.url": "https://api.example.com:443/x"},
        {"role": "out", "peer": "api.example.com", "peer_kind": "external"},
        name="egress api.example.com",
    ),
    Case(
        "Consul",
        "client",
        ENVOY | {"upstream_cluster": "v1.stock.team.dc1.internal.e5b08d03.consul"},
        {"peer": "stock", "peer_ns": "team"},
    ),
    Case(
        "Consul without namespaces",
        "client",
        ENVOY | {"upstream_cluster": "stock.default.dc1.internal.e5b08d03.consul"},
        {"peer": "stock", "peer_ns": ""},
    ),
    Case(
        "an east-west gateway's name",
        "client",
        ENVOY | {"upstream_cluster": "outbound_.8080_._.cart.shop.svc.cluster.local"},
        {"peer": "cart", "peer_ns": "shop"},
    ),
    Case(
        "Kuma's cluster",
        "client",
        ENVOY | {"upstream_cluster": "stock_shop_svc_8080-0a1b"},
        {"peer": "stock", "peer_ns": "shop"},
    ),
    Case(
        "a headless pod",
        "client",
        {"server.address": "db-0.db.shop.svc.cluster.local"},
        {"peer": "db", "peer_ns": "shop"},
    ),
    Case(
        "a caller's identity",
        "server",
        ENVOY | {"upstream_cluster": "local_app", "downstream_peer_uri_san": "spiffe://mesh.local/ns/shop/sa/web"},
        {"role": "in", "peer": "web", "peer_ns": "shop", "tls": "mutual"},
    ),
    Case(
        "a plaintext caller",
        "server",
        ENVOY | {"upstream_cluster": "local_app", "downstream_tls_version": "-"},
        {"tls": "plain"},
    ),
    # The other side of an application's span.
    Case(
        "a named peer",
        "client",
        {"service.peer.name": "stock", "service.peer.namespace": "shop", "server.address": "10.1.1.1"},
        {"peer": "stock", "peer_ns": "shop", "peer_kind": "service"},
    ),
    Case(
        "a bare host",
        "client",
        {"server.address": "stock", "server.port": 8080},
        {"peer": "stock", "peer_kind": "service"},
    ),
    Case("a raw address", "client", {"server.address": "10.1.1.1"}, {"peer": "ip of cart", "peer_kind": "external"}),
    Case("localhost", "client", {"server.address": "localhost"}, {"role": "out", "peer": "", "peer_kind": "none"}),
    Case(
        "a database by host",
        "client",
        {"db.system": "postgresql", "db.name": "orders", "server.address": "orders-db"},
        {"peer": "orders-db", "peer_kind": "database", "protocol": "db"},
    ),
    Case(
        "a database by address",
        "client",
        {"db.system.name": "mssql", "db.namespace": "orders", "db.operation": "SELECT", "server.address": "10.1.1.1"},
        {"peer": "microsoft.sql_server/orders", "operation": "SELECT"},
    ),
    Case(
        "a cache", "client", {"db.system": "redis", "net.peer.name": "redis"}, {"peer": "redis", "peer_kind": "cache"}
    ),
    Case(
        "sqlite is in the process", "client", {"db.system": "sqlite"}, {"role": "local", "peer": "", "protocol": "db"}
    ),
    Case(
        "send",
        "producer",
        {"messaging.system": "kafka", "messaging.destination.name": "orders", "messaging.operation": "publish"},
        {
            "role": "send",
            "peer": "kafka/orders",
            "peer_kind": "queue",
            "protocol": "messaging",
            "operation": "publish orders",
        },
    ),
    Case(
        "a send of kind client",
        "client",
        {"messaging.system": "kafka", "messaging.destination.name": "orders", "messaging.operation.type": "send"},
        {"role": "send"},
    ),
    Case(
        "receive",
        "client",
        {"messaging.system": "aws_sqs", "messaging.destination.name": "q", "messaging.operation.type": "receive"},
        {"role": "receive", "peer": "aws_sqs/q"},
    ),
    Case(
        "process",
        "consumer",
        {
            "messaging.system": "rabbitmq",
            "messaging.destination.anonymous": True,
            "messaging.destination.name": "amq.gen-1",
        },
        {"role": "process", "peer": "rabbitmq/(temporary)"},
    ),
    Case(
        "settle",
        "client",
        {"messaging.system": "servicebus", "messaging.operation.type": "settle"},
        {"role": "local", "peer": ""},
    ),
    # How it ended.
    Case(
        "a route",
        "server",
        {"http.request.method": "GET", "http.route": "/cart/{id}", "http.response.status_code": 503},
        {"operation": "GET /cart/{id}", "code": 503, "protocol": "http"},
        status="error",
    ),
    Case(
        "the newer generation wins",
        "server",
        {"http.status_code": 200, "http.response.status_code": 404},
        {"code": 404},
    ),
    Case("a code as text", "server", {"http.status_code": "200.0"}, {"code": 200}),
    Case(
        "gRPC by name",
        "client",
        {
            "rpc.system": "grpc",
            "rpc.service": "shop.Cart",
            "rpc.method": "Add",
            "rpc.response.status_code": "UNAVAILABLE",
        },
        {"grpc": 14, "protocol": "grpc", "operation": "shop.Cart/Add", "peer": "shop.Cart", "peer_kind": "external"},
    ),
    Case(
        "gRPC refused in HTTP",
        "client",
        {"rpc.system": "grpc", "http.response.status_code": 429},
        {"grpc": 14, "code": 429},
    ),
    Case(
        "timed out but arrived",
        "client",
        ENVOY
        | {
            "upstream_cluster": "pay",
            "response_flags": "UT",
            "http.status_code": "504",
            "response_code_details": "response_timeout",
        },
        {"arrived": 1, "flags": "UT", "code": 504},
    ),
    Case(
        "overflow with details arrived",
        "client",
        ENVOY | {"upstream_cluster": "pay", "response_flags": "UO", "response_code_details": "via_upstream"},
        {"arrived": 1},
    ),
    Case("overflow", "client", ENVOY | {"upstream_cluster": "pay", "response_flags": "UO"}, {"arrived": 0}),
    # How many it stands for.
    Case("one of two", "server", {}, {"weight": 2.0}, trace_state="a=b,ot=rv:6e6d1a75832a2f;th:8"),
    Case("one of four", "server", {}, {"weight": 4.0}, trace_state="ot=p:2"),
    Case("Jaeger's one of ten", "server", {"sampler.type": "probabilistic", "sampler.param": "0.1"}, {"weight": 10.0}),
)
