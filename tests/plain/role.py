"""What part a span plays: a proxy's by direction, cluster and name (envoy-real.md §3.1), an application's by kind."""

import re
from dataclasses import dataclass

from tests.plain.attributes import Texts, first
from tests.plain.owner import Owner

SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5
MESSAGING = {
    "send": "send",
    "publish": "send",
    "process": "process",
    "deliver": "process",
    "receive": "receive",
    "create": "local",
    "settle": "local",
}
CONTROL = ("xds-grpc", "sds-grpc", "prometheus_stats", "agent", "zipkin")
GRPC_SYSTEMS = ("grpc", "connectrpc", "connect_rpc")


@dataclass(frozen=True)
class Part:
    role: str
    envoy: bool
    linkerd: bool
    gateway: bool


def of(name: str, kind: int, a: Texts, r: Texts, who: Owner, *, root: bool) -> Part:
    node_id = a.get("node_id", "")
    envoy = a.get("component") == "proxy" or r.get("telemetry.sdk.name") == "envoy" or "~" in node_id
    linkerd = r.get("service.name") == "linkerd-proxy" or (
        a.get("direction") in ("inbound", "outbound") and bool(a.get("url.path") or a.get("server.address"))
    )
    labelled = bool(r.get("gateway.networking.k8s.io/gateway-name")) or "gateway" in r.get("istio", "")
    gateway = labelled or node_id.startswith("router~") or re.match("istio-.*gateway", who.name) is not None
    named = cluster(a)
    inward = named != "" and (inbound(named) or named in (who.name, r.get("service.name", "")))
    role = _role(name, kind, a, envoy=envoy, linkerd=linkerd, gateway=gateway, inward=inward)
    # One tagged `outbound` is told from a sidecar by starting the trace.
    entered = role == "in" or (role == "auto" and name == "ingress" and root)
    shows = envoy and entered and kind == SERVER and named != "" and not inward
    return Part(role, envoy, linkerd, role != "relay" and (gateway or shows))


def _role(name: str, kind: int, a: Texts, *, envoy: bool, linkerd: bool, gateway: bool, inward: bool) -> str:
    if first(a, "user_agent.original", "http.user_agent", "user_agent").startswith("kube-probe/"):
        return "local"
    if linkerd and a.get("direction") in ("inbound", "outbound"):
        return "in" if a["direction"] == "inbound" else "out"
    if envoy:
        # A Linkerd proxy's `direction` is its `way`, whatever other tags it has.
        way = a.get("direction", "") if linkerd else a.get("traffic_direction", "").lower()
        return _envoy(name, kind, a, way, gateway=gateway, inward=inward)
    return _application(kind, a)


def _envoy(name: str, kind: int, a: Texts, way: str, *, gateway: bool, inward: bool) -> str:
    named = cluster(a)
    if named in CONTROL or named.startswith("opentelemetry"):
        return "local"
    if waypoint(a):
        return "relay"
    if kind not in (SERVER, CLIENT):
        return "local"
    if way == "inbound":
        return "in"
    if way == "outbound" and (kind == CLIENT or name != "ingress"):
        return "out"
    if inward:
        return "in"
    if way == "outbound":  # named `ingress`: a gateway's, or a sidecar's that was told no direction
        return "in" if gateway else "auto"
    if name == "egress" or name.startswith("egress "):
        return "out"
    if name == "ingress":
        return "in"
    if kind == CLIENT:
        return "out" if named else "auto"
    return "in" if gateway else "auto"


def _application(kind: int, a: Texts) -> str:
    does = first(a, "messaging.operation.type", "messaging.operation")
    if kind == SERVER:
        return "in"
    if kind == CLIENT and not does:
        return "local" if first(a, "db.system.name", "db.system") == "sqlite" else "out"
    if kind in (CLIENT, PRODUCER, CONSUMER):
        return MESSAGING.get(does) or {CLIENT: "local", PRODUCER: "send", CONSUMER: "process"}[kind]
    return "local"


def cluster(a: Texts) -> str:
    names = (a.get("upstream_cluster", ""), a.get("upstream_cluster.name", ""))
    return next((name for name in names if name not in ("", "-")), "")


def inbound(named: str) -> bool:
    """The names of a proxy's own workload (mesh-telemetry.md §1.8, envoy-real.md §3.1)."""
    if named.startswith(("inbound|", "InboundPassthroughCluster", "kri_dp_", "localhost")):
        return True
    return re.match("local([^a-zA-Z]|$)", named) is not None


def waypoint(a: Texts) -> bool:
    return (
        a.get("node_id", "").startswith("waypoint~")
        or cluster(a).startswith("inbound-vip|")
        or bool(a.get("istio.destination_canonical_service") or a.get("istio.destination_workload"))
    )


def destination(a: Texts) -> str:
    temporary = ("messaging.destination.temporary", "messaging.destination.anonymous", "messaging.temp_destination")
    if any(a.get(key) == "true" for key in temporary):
        return "(temporary)"
    return first(a, "messaging.destination.template", "messaging.destination.name", "messaging.destination")


def protocol(kind: int, a: Texts) -> str:
    if a.get("messaging.system") or destination(a) or kind in (PRODUCER, CONSUMER):
        return "messaging"
    if first(a, "db.system.name", "db.system"):
        return "db"
    if first(a, "rpc.system.name", "rpc.system") in GRPC_SYSTEMS or first(a, *GRPC_KEYS, "grpc.path", "grpc.authority"):
        return "grpc"
    return "http" if first(a, *HTTP_KEYS) else ""


GRPC_KEYS = (
    "rpc.status_code",
    "rpc.response.status_code",
    "rpc.grpc.status_code",
    "rpc.connect_rpc.error_code",
    "grpc.status_code",
)
HTTP_KEYS = (
    "http.request.method",
    "http.method",
    "http.response.status_code",
    "http.status_code",
    "url.full",
    "http.url",
    "http.route",
)
