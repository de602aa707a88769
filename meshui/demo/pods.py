"""Instances of services: the two resources that app and sidecar send under, and the names proxies use for them."""

import hashlib
from dataclasses import dataclass

from opentelemetry.sdk.resources import Resource

from meshui.demo.topology import Service, Version

ENVOY_BUILD = "9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL"
SDK_VERSIONS = {"python": "1.45.2", "java": "1.58.0", "go": "1.40.0", "nodejs": "2.4.0", "dotnet": "1.14.0"}
TRUST_DOMAIN = "cluster.local"


class Sender(Resource):
    """A resource that hashes by identity: the exporter groups by it, and the SDK's own hash prints JSON per span."""

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True, slots=True, eq=False)
class Pod:
    """One instance of the Deployment `workload`: one a version, a gateway's named as Istio's own are.

    `address` is its IP; `node_id` as Istio names its proxy; `identity` its SPIFFE id."""

    service: Service
    version: Version
    workload: str
    name: str
    address: str
    node_id: str
    identity: str
    app: Sender
    proxy: Sender


def pods_of(service: Service, version: Version, *, gateway: bool = False) -> tuple[Pod, ...]:
    """The instances of one version; names and addresses are the same in every run."""
    return tuple(_pod(service, version, number, gateway) for number in range(version.instances))


def _pod(service: Service, version: Version, number: int, gateway: bool) -> Pod:
    seed = hashlib.sha256(f"{service.id} {version.name} {number}".encode()).digest()
    deployment = f"{service.name}-{version.name.replace('.', '-')}"
    name = f"{deployment}-{seed[:4].hex()}-{seed[4:7].hex()[:5]}"
    address = f"10.244.{seed[7] % 16}.{seed[8] % 250 + 2}"
    kind = "router" if gateway else "sidecar"
    who = {
        "service.name": service.name,
        "service.namespace": service.namespace,
        "service.version": version.name,
        "service.instance.id": name,
        "k8s.pod.name": name,
        "k8s.namespace.name": service.namespace,
    }
    return Pod(
        service=service,
        version=version,
        workload=f"istio-{service.name}" if gateway else deployment,
        name=name,
        address=address,
        node_id=f"{kind}~{address}~{name}.{service.namespace}~{service.namespace}.svc.cluster.local",
        identity=f"spiffe://{TRUST_DOMAIN}/ns/{service.namespace}/sa/{service.name}",
        app=Sender({**who, **_sdk("opentelemetry", service.language, SDK_VERSIONS[service.language])}),
        proxy=Sender({**who, **_sdk("envoy", "cpp", ENVOY_BUILD)}),
    )


def _sdk(name: str, language: str, version: str) -> dict[str, str]:
    return {"telemetry.sdk.name": name, "telemetry.sdk.language": language, "telemetry.sdk.version": version}
