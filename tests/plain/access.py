"""The slow, obvious twin of the views that fill `access`: one log record and its resource → one row, or none."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from telemetry.identity import UNKNOWN, ServiceId
from tests.plain import outcome_text, peer, role
from tests.plain.attributes import Texts, known, texts
from tests.plain.normal import AHEAD_NS, BACK_NS
from tests.plain.owner import WORKLOADS, less_hash

UNMEASURED, UNSAID = 2**64 - 1, 255
HEAD = ("start_time", "method", "path", "protocol", "response_code", "response_flags")
TAIL = (
    "bytes_received bytes_sent duration upstream_service_time x_forwarded_for user_agent request_id authority"
    " upstream_host"
)
MIDDLE = "response_code_details connection_termination_details upstream_transport_failure_reason"
END = (
    "upstream_cluster upstream_local_address downstream_local_address downstream_remote_address requested_server_name"
    " route_name"
)
KUMA_TAIL = TAIL.replace("request_id authority", "x_trace_id request_id authority").replace(
    "upstream_host", "kuma_source_service kuma_destination_service kuma_source_address upstream_host"
)
TEXTS = {
    24: (*HEAD, *MIDDLE.split(), *TAIL.split(), *END.split()),
    15: (*HEAD, *TAIL.split()),
    20: (HEAD[0], "kuma_mesh", *HEAD[1:], *KUMA_TAIL.split()),
}


@dataclass(frozen=True, slots=True)
class Access:
    """A row of `access`; times are integers, `bucket` Unix seconds, `ts` Unix nanoseconds."""

    bucket: int
    ts: int
    trace_id: bytes
    span_id: int
    node: str
    version: str
    instance: str
    role: str
    gateway: bool
    peer: str
    peer_ns: str
    peer_kind: str
    caller: str
    caller_ns: str
    asked: str
    asked_ns: str
    cluster: str
    protocol: str
    code: int
    grpc: int
    flags: str
    details: str
    arrived: int
    duration: int
    tls: str
    own_identity: str
    peer_identity: str
    bytes_in: int
    bytes_out: int
    attempts: int
    operation: str
    request_id: str


def access(record: LogRecord, resource: Resource, *, received: int) -> Access | None:
    """`received` in Unix ns. None: no access log, out of the accepted age, a probe, or a proxy's own traffic."""
    a, r = said(record), texts(resource.attributes)
    if not ("response_flags" in a or "upstream_cluster" in a or {"response_code", "traffic_direction"} <= a.keys()):
        return None
    start = began(record, a)
    if start > received + AHEAD_NS or start + BACK_NS < received:
        return None
    cluster = next(
        (a[key] for key in ("upstream_cluster", "upstream_cluster_raw") if a.get(key, "") not in ("", "-")), ""
    )
    if (
        a.get("user_agent", "").startswith("kube-probe/")
        or cluster in role.CONTROL
        or cluster.startswith("opentelemetry")
    ):
        return None
    who = owner(a, r)
    inward = cluster != "" and (role.inbound(cluster) or cluster in (who.name, who.sent_as))
    part = side(a, who, cluster, inward=inward)
    protocol = layer(a)
    code = number(a.get("response_code", ""))
    flags = told(a, "response_flags")
    host, other = called(a, part, cluster, who.name, inward=inward), ("downstream" if part != "out" else "upstream")
    asked = asked_for(a, part, cluster)
    caller = "" if part == "out" else peer.caller(told(a, "downstream_peer_uri_san").split(",")[0])
    name, namespace = peer.kubernetes(caller) if caller.endswith(".svc") else ("", "")
    return Access(
        bucket=start // 10**10 * 10,
        ts=start,
        trace_id=record.trace_id[:16].ljust(16, b"\0"),
        span_id=int.from_bytes(record.span_id[:8], "little"),
        node=who.node,
        version=who.version,
        instance=who.instance,
        role=part,
        gateway=part != "relay" and who.gateway,
        peer=host.name,
        peer_ns=host.namespace,
        peer_kind=host.kind,
        caller=name or caller,
        caller_ns=namespace,
        asked=asked.name,
        asked_ns=asked.namespace,
        cluster=cluster,
        protocol=protocol,
        code=code,
        grpc=grpc(a, protocol, code),
        flags=flags,
        details=told(a, "response_code_details")[:200],
        arrived=arrived(a, flags, code, protocol),
        duration=round(float(a["duration"]) * 1e6)
        if re.fullmatch(r"\d{1,12}([.]\d*)?", a.get("duration", ""))
        else UNMEASURED,
        tls=tls(a, other),
        own_identity=told(a, f"{other}_local_uri_san").split(",")[0],
        peer_identity=told(a, f"{other}_peer_uri_san").split(",")[0],
        bytes_in=size(a.get("bytes_received", "")),
        bytes_out=size(a.get("bytes_sent", "")),
        attempts=attempts(a.get("upstream_request_attempt_count", "")),
        operation=operation(a, protocol),
        request_id=told(a, "request_id"),
    )


def said(record: LogRecord) -> dict[str, str]:
    """Values by name: attributes first, then a body that is a list, JSON, or one of the known texts."""
    found = texts(record.attributes)
    for key, value in texts(record.body.kvlist_value.values).items():
        found.setdefault(key, value)
    for key, value in of_text(record.body.string_value).items():
        found.setdefault(key, value)
    return found


def of_text(text: str) -> dict[str, str]:
    if text.startswith("{"):
        try:
            pairs = json.loads(text)
        except ValueError:
            return {}
        return {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in pairs.items()
            if value is not None
        }
    if not text.startswith("["):
        return {}
    # `"GET /a b HTTP/1.1"` is three values: a path may have spaces.
    parts = [next(filter(None, found), "") for found in re.findall(r'^\[([^\]]*)\]|"([^"]*)"|([^\s"]+)', text)]
    request = next((i for i in (1, 2) if len(parts) > i and parts[i].count(" ") >= 2), 0)
    if not request:
        return {}
    method, rest = parts[request].split(" ", 1)
    path, protocol = rest.rsplit(" ", 1)
    parts[request : request + 1] = [method, path, protocol]
    names = TEXTS.get(len(parts), ())
    return dict(zip(names, parts, strict=True)) if names else {}


def began(record: LogRecord, a: Texts) -> int:
    """The request's start in Unix ns: the record's time, else what it says, else when it was observed."""
    if record.time_unix_nano:
        return record.time_unix_nano
    try:
        at = datetime.fromisoformat(a.get("start_time", ""))
    except ValueError:
        return record.observed_time_unix_nano
    return round(at.timestamp() * 1000) * 10**6


@dataclass(frozen=True)
class Owner:
    node: str
    name: str
    sent_as: str
    version: str
    instance: str
    node_id: str
    gateway: bool


def owner(a: Texts, r: Texts) -> Owner:
    """The proxy's own labels and node id, its resource, the builtin labels of Envoy's logger; last what a certificate,
    the name that TLS asked for, or Kuma's text says."""
    node_id = known(a.get("node_id", ""), r.get("node_name", ""))
    pod = xds(node_id, 2)
    kuma = re.match("([^_]+)_([^_]+)_svc_[0-9]+", r.get("service.name", ""))
    kuma_said = re.match("([^_]+)_([^_]+)_svc_[0-9]+", a.get("kuma_source_service", ""))
    service = "" if r.get("service.name", "").startswith("unknown_service") else r.get("service.name", "")
    resource_name = known(
        kuma[1] if kuma else service,
        *(r.get(f"k8s.{kind}.name", "") for kind in WORKLOADS),
        less_hash(r.get("k8s.pod.name", "")),
        r.get("cluster_name", ""),
    )
    certified = peer.caller(known(a.get("downstream_local_uri_san", ""), a.get("upstream_local_uri_san", "")))
    server = a.get("requested_server_name", "")
    asked = peer.target(server) if server.startswith("outbound_.") else ""
    nameless = resource_name == "" and pod == ""
    namespace = known(
        a.get("istio.namespace", ""),
        xds(node_id, 3),
        r.get("service.namespace", ""),
        kuma[2] if kuma else "",
        r.get("k8s.namespace.name", ""),
        r.get("kuma.mesh", ""),
        kuma_said[2] if kuma_said else "",
        peer.kubernetes(certified)[1] if nameless else "",
        peer.kubernetes(asked)[1] if nameless else "",
    )
    name = known(
        a.get("istio.canonical_service", ""),
        resource_name,
        less_hash(pod),
        kuma_said[1] if kuma_said else a.get("kuma_source_service", ""),
        certified.partition(".")[0] if "." in certified else "",
        peer.kubernetes(asked)[0],
    )
    if namespace:
        name = name.removesuffix(f".{namespace}")
    cluster = known(
        a.get("istio.cluster_id", ""), *(r.get(k, "") for k in ("k8s.cluster.name", "istio.cluster_id", "kuma.zone"))
    )
    revision = known(a.get("istio.canonical_revision", ""))
    labelled = bool(r.get("gateway.networking.k8s.io/gateway-name")) or "gateway" in r.get("istio", "")
    return Owner(
        node=str(ServiceId("" if cluster == "Kubernetes" else cluster, namespace, name) if name else UNKNOWN),
        name=name,
        sent_as=known(r.get("service.name", ""), r.get("cluster_name", "")),
        version=known(
            r.get("service.version", ""),
            r.get("app.kubernetes.io/version", ""),
            "" if revision == "latest" else revision,
        ),
        instance=known(
            pod,
            r.get("k8s.pod.name", ""),
            r.get("service.instance.id", ""),
            "" if "~" in r.get("node_name", "") else r.get("node_name", ""),
            r.get("host.name", ""),
        ),
        node_id=node_id,
        gateway=labelled or node_id.startswith("router~") or re.match("istio-.*gateway", name) is not None,
    )


def xds(node_id: str, part: int) -> str:
    """`sidecar~10.0.0.1~cart-1.shop~shop.svc.cluster.local`: the first label of a part."""
    parts = node_id.split("~")
    return parts[part].partition(".")[0] if len(parts) > part else ""


def side(a: Texts, who: Owner, cluster: str, *, inward: bool) -> str:
    if who.node_id.startswith("waypoint~") or cluster.startswith("inbound-vip|"):
        return "relay"
    way = a.get("traffic_direction", "").lower()
    if a.get("kuma_source_service") and not way:
        way = "outbound"
    if way in ("inbound", "outbound"):
        return "in" if way == "inbound" else "out"
    return "in" if inward else "out"


def called(a: Texts, part: str, cluster: str, own_name: str, *, inward: bool) -> peer.Peer:
    """By cluster, then by the host asked for; an `in` record names somebody only where that is not its own workload."""
    if part == "in":
        candidates = ["" if inward else peer.target(cluster)]
    else:
        candidates = [
            peer.target(a.get("kuma_destination_service", "")),
            peer.target(cluster),
            told(a, "authority"),
            told(a, "requested_server_name"),
            a.get("upstream_host", ""),
        ]
    host = known(peer.less_port(next(filter(None, candidates), "")))
    if host == "" or peer.local(host):
        return peer.Peer("", "", "")
    if peer.address(host):
        return peer.Peer(f"ip of {own_name}", "", "external")
    name, namespace = peer.kubernetes(host)
    return peer.Peer(name or host, namespace, "service" if name or "." not in host else "external")


def asked_for(a: Texts, part: str, cluster: str) -> peer.Peer:
    """The host that was asked for, where the name of a cluster is another."""
    named = peer.target(cluster)
    host = known(peer.less_port(told(a, "authority"))) if part == "out" and named else ""
    if host in (
        "",
        peer.less_port(next(filter(None, (peer.target(a.get("kuma_destination_service", "")), named)), "")),
    ):
        return peer.Peer()
    if peer.local(host) or peer.address(host):
        return peer.Peer()
    name, namespace = peer.kubernetes(host)
    return peer.Peer(name or host, namespace)


def layer(a: Texts) -> str:
    method, path = told(a, "method"), told(a, "path")
    looks = (
        method == "POST"
        and told(a, "protocol").startswith("HTTP/2")
        and re.fullmatch(r"/\w+([.]\w+)+/\w+", path, re.ASCII)
    )
    if grpc(a) >= 0 or a.get("content_type", "").startswith("application/grpc") or looks:
        return "grpc"
    return "http" if method or path or number(a.get("response_code", "")) else "tcp"


def grpc(a: Texts, protocol: str = "", code: int = 0) -> int:
    texts = (told(a, key) for key in ("grpc_status_number", "grpc_status", "grpc-status"))
    return outcome_text.grpc({"grpc.status_code": next(filter(None, texts), "")}, protocol, code)


def arrived(a: Texts, flags: str, code: int, protocol: str) -> int:
    """envoy-real.md §3.2: by host and details; by flag only without either."""
    details, one = told(a, "response_code_details")[:200], set(flags.split(","))
    if a.get("upstream_host") == "-":
        return 0
    if details in ("via_upstream", "response_timeout", "downstream_remote_disconnect"):
        return 1
    if any(word in details for word in outcome_text.NOT_THERE):
        return 0
    if one & outcome_text.NEVER:
        return 0
    if one & outcome_text.REACHED:
        return 1
    return -1 if flags or (code == 0 and protocol != "tcp") else 1


def tls(a: Texts, other: str) -> str:
    if told(a, f"{other}_peer_uri_san").split(",")[0]:
        return "mutual"
    return "plain" if a.get(f"{other}_tls_version") == "-" else "unknown"


def operation(a: Texts, protocol: str) -> str:
    if protocol == "tcp":
        return ""
    path, method, route = template(told(a, "path")), told(a, "method"), a.get("route_name", "")
    if protocol == "grpc" and path:
        return path.lstrip("/")
    return f"{method} {route if route.startswith('/') else path}".lstrip(" ")


def template(path: str) -> str:
    """A path less its query and ids, three parts at most."""
    parts = re.split("[?#]", path)[0].split("/")
    kept = [
        "{id}" if re.search(r"^[0-9a-fA-F-]*[0-9][0-9a-fA-F-]*$|[0-9]{3}|[%@]|^.{33}", part) else part
        for part in parts[:4]
    ]
    return "/".join(kept) + ("/*" if len(parts) > 4 else "")


def told(a: Texts, key: str) -> str:
    return "" if a.get(key, "") == "-" else a.get(key, "")


def number(text: str) -> int:
    found = re.fullmatch(" *([0-9]{1,3})(?:[.]0*)? *", text)
    return int(found[1]) if found else 0


def size(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0


def attempts(text: str) -> int:
    return min(254, int(text)) if re.fullmatch("[0-9]{1,9}", text) else UNSAID
