"""Who is on a span's other side, by its own attributes: mesh-telemetry.md §1.8 and §4.2–4.7."""

import re
from dataclasses import dataclass

from tests.plain.attributes import Texts, first, known
from tests.plain.role import cluster, destination

NEW_SYSTEMS = {
    "mssql": "microsoft.sql_server",
    "oracle": "oracle.db",
    "db2": "ibm.db2",
    "dynamodb": "aws.dynamodb",
    "cosmosdb": "azure.cosmosdb",
    "spanner": "gcp.spanner",
    "hanadb": "sap.hana",
    "h2": "h2database",
    "firebird": "firebirdsql",
    "redshift": "aws.redshift",
}
CACHES = ("redis", "memcached", "valkey", "hazelcast", "geode")
PLUMBING = (
    "PassthroughCluster",
    "BlackHoleCluster",
    "connect_originate",
    "inner_connect_originate",
    "outer_connect_originate",
    "main_internal",
    "encap",
)


@dataclass(frozen=True)
class Peer:
    name: str = ""
    namespace: str = ""
    kind: str = "none"


def of(role: str, a: Texts, own_name: str) -> Peer:
    if role == "local":
        return Peer()
    system = first(a, "db.system.name", "db.system")
    messaging = a.get("messaging.system", ""), destination(a)
    queue = role in ("send", "process", "receive") or (role == "out" and any(messaging))
    if queue and any(messaging):
        return Peer("/".join(part for part in messaging if part), "", "queue")
    store = role == "out" and system != "" and not queue
    host = known(less_port(candidate(role, a)))
    if store and (host == "" or local(host) or address(host)):
        parts = NEW_SYSTEMS.get(system, system), first(a, *DATABASES)
        return Peer("/".join(part for part in parts if part), "", store_kind(system))
    if host == "":
        service = a.get("rpc.service", "") if role == "out" else ""
        return Peer(service, "", "external") if service else Peer()
    if local(host) or (address(host) and role == "in"):
        return Peer()
    if address(host):
        return Peer(f"ip of {own_name}", "", "queue" if queue else "external")
    return by_host(host, role, a, "queue" if queue else store_kind(system) if store else "")


DATABASES = ("db.namespace", "db.name", "db.redis.database_index", "db.elasticsearch.cluster.name")


def by_host(host: str, role: str, a: Texts, kind: str) -> Peer:
    service, namespace = kubernetes(host)
    said = known(a.get("service.peer.name", ""))
    if said and a.get("service.peer.namespace"):
        namespace = a["service.peer.namespace"]
    mesh = role in ("in", "relay") or explicit(a) != "" or service != "" or "." not in host
    return Peer(service or host, namespace, kind or ("service" if mesh else "external"))


def store_kind(system: str) -> str:
    return "cache" if system in CACHES else "database"


def explicit(a: Texts) -> str:
    return known(a.get("service.peer.name", ""), a.get("peer.service", ""))


def candidate(role: str, a: Texts) -> str:
    if explicit(a):
        return explicit(a)
    if role == "in":
        return caller(a.get("downstream_peer_uri_san", ""))
    if role == "relay" and (service := known(a.get("istio.destination_canonical_service", ""))):
        namespace = known(a.get("istio.destination_namespace", ""))
        return f"{service}.{namespace}.svc" if namespace else service
    named = target(cluster(a)) or first(a, "server.address", "net.peer.name", "http.host")
    if named:
        return named
    url = first(a, "url.full", "http.url")
    if url:
        found = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)", url)
        return found[1] if found else ""
    return first(a, "grpc.authority", "network.peer.address", "net.sock.peer.addr", "net.peer.ip")


def caller(san: str) -> str:
    """Of a SPIFFE id the service account (`default` names nobody) or service, as a Kubernetes name."""
    one = san.split(",")[0]
    if one.endswith("/sa/default"):
        return ""
    if found := re.fullmatch("spiffe://[^/]+/ns/([^/]+)/sa/([^/]+)", one):
        return f"{found[2]}.{found[1]}.svc"
    if found := re.fullmatch("spiffe://[^/]+(?:/ap/[^/]+)?/ns/([^/]+)/dc/[^/]+/svc/([^/]+)", one):
        return f"{found[2]}.{found[1]}.svc"
    if found := re.fullmatch("spiffe://[^/]+/([^_/]+)_([^_/]+)_svc_[0-9]+", one):
        return f"{found[1]}.{found[2]}.svc"
    return "" if ":" in san or "/" in san or san == "-" else san


def target(named: str) -> str:
    """A cluster's service, as a Kubernetes name where the form has a namespace; any other name as it is."""
    if named in PLUMBING:
        return ""
    if re.match("(outbound|inbound-vip)[|]", named) and named.count("|") >= 3:
        named = named.split("|", 3)[3]
    named = re.sub("^outbound_[.][0-9]+_[.][^_]*_[.]", "", named)
    if named.endswith(".consul"):
        return consul(named)
    parts = named.split("_")
    if len(parts) >= 4 and all(parts[:2]) and parts[2] == "svc" and parts[3][:1].isdigit():
        return f"{parts[0]}.{parts[1]}.svc"
    if len(parts) >= 6 and all(parts[:3]) and parts[4] == "msvc":
        return f"{parts[1]}.{parts[2]}.svc"
    if len(parts) >= 7 and parts[:2] == ["kri", "msvc"] and parts[5]:
        return f"{parts[5]}.{parts[4]}.svc"
    return named


def consul(named: str) -> str:
    """`[<hash>~][<subset>.]<svc>.<ns>[.<partition>].<dc>.internal[-vN].<trust domain>.consul`; with -vN a partition is
    there. `default` is no namespace: without namespaces every service has it."""
    labels = named.rpartition("~")[2].split(".")
    at = next((i for i, label in enumerate(labels) if re.fullmatch("internal(-v[0-9]+)?", label)), -1)
    before = labels[:at][: -2 if labels[at] != "internal" else -1] if at >= 0 else []
    if len(before) not in (2, 3) or not all(before):
        return named
    service, namespace = before[-2:]
    return service if namespace == "default" else f"{service}.{namespace}.svc.consul"


def less_port(name: str) -> str:
    """`cart:8080` → `cart`, `[::1]:80` → `::1`, `api.example.com.` → `api.example.com`."""
    if name.startswith("["):
        inner, closed, rest = name[1:].partition("]")
        if closed and re.fullmatch("(:[0-9]+)?", rest):
            return inner
    base, colon, port = name.partition(":")
    if colon and not re.fullmatch("[0-9]+", port):
        return name
    return base.removesuffix(".")


def kubernetes(host: str) -> tuple[str, str]:
    """`<svc>.<ns>.svc[.<domain>]` → svc and ns; a pod's own label in front is dropped."""
    labels = host.split(".")
    for i in range(2, len(labels)):
        if labels[i] == "svc" and labels[i - 1] and labels[i - 2]:
            return labels[i - 2], labels[i - 1]
    return "", ""


def local(host: str) -> bool:
    return host in ("localhost", "::1", "0.0.0.0") or host.startswith("/") or bool(re.fullmatch("127[.][0-9.]+", host))


def address(host: str) -> bool:
    return ":" in host or re.fullmatch("[0-9]{1,3}([.][0-9]{1,3}){3}", host) is not None
