"""Whose span it is: mesh-telemetry.md §0.1, one dialect after the other."""

import re
from dataclasses import dataclass

from telemetry.identity import UNKNOWN, ServiceId
from tests.plain.attributes import Texts, known

WORKLOADS = ("deployment", "statefulset", "daemonset", "cronjob", "job")
LINKERD_WORKLOADS = ("deployment", "statefulset", "daemonset", "job")


@dataclass(frozen=True)
class Owner:
    node: str
    name: str
    version: str
    instance: str


def of(a: Texts, r: Texts) -> Owner:
    """The span's own istio.* attributes and xDS node id first (only proxies have them), then the resource."""
    cluster = known(a.get("istio.cluster_id", ""), *(r.get(k, "") for k in ("k8s.cluster.name", "istio.cluster_id")))
    cluster = cluster or known(r.get("kuma.zone", ""))
    namespace = known(a.get("istio.namespace", "")) or xds(a, 3) or resource_namespace(r)
    name = known(a.get("istio.canonical_service", "")) or resource_name(r)
    name = name.removesuffix(f".{namespace}")
    revision = known(a.get("istio.canonical_revision", ""))
    return Owner(
        node=str(ServiceId("" if cluster == "Kubernetes" else cluster, namespace, name) if name else UNKNOWN),
        name=name,
        version=known(r.get("service.version", ""), r.get("app.kubernetes.io/version", ""))
        or ("" if revision == "latest" else revision),
        instance=known(r.get("k8s.pod.name", ""))
        or xds(a, 2)
        or known(r.get("service.instance.id", ""), r.get("host.name", "")),
    )


def xds(a: Texts, part: int) -> str:
    """`sidecar~<ip>~<pod>.<ns>~<ns>.svc.<domain>`: the first label of a part."""
    parts = a.get("node_id", "").split("~")
    return parts[part].split(".")[0] if len(parts) > part else ""


def kuma(r: Texts) -> tuple[str, str]:
    """`<name>_<namespace>_svc_<port>` → name and namespace."""
    found = re.match(r"([^_]+)_([^_]+)_svc_[0-9]+", r.get("service.name", ""))
    return (found[1], found[2]) if found else ("", "")


def resource_namespace(r: Texts) -> str:
    workload = r.get("linkerd.io/workload-ns", "")
    return known(
        workload if r.get("service.name") == "linkerd-proxy" else "",
        r.get("service.namespace", ""),
        kuma(r)[1],
        r.get("k8s.namespace.name", ""),
        workload,
        r.get("kuma.mesh", ""),
    )


def resource_name(r: Texts) -> str:
    said = r.get("service.name", "")
    labels: list[str] = []
    if said == "linkerd-proxy":
        said, labels = "", [r.get("app.kubernetes.io/name", ""), r.get("app", "")]
    if said.startswith("unknown_service"):
        said = ""
    return known(
        kuma(r)[0] or said,
        *labels,
        *(r.get(f"k8s.{workload}.name", "") for workload in WORKLOADS),
        *(r.get(f"linkerd.io/proxy-{workload}", "") for workload in LINKERD_WORKLOADS),
        less_hash(r.get("k8s.pod.name", "")),
    )


def less_hash(pod: str) -> str:
    """`cart-7d9f8b6c5d-x2x4z` → `cart`, `db-0` → `db`: Kubernetes makes hashes of these letters only."""
    letters = "[bcdfghjklmnpqrstvwxz2456789]"
    found = re.fullmatch(f"(.+?)(-{letters}{{5,10}})?-({letters}{{5}}|[0-9]+)", pod)
    return found[1] if found else pod
