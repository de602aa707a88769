"""The words a mesh is declared in: services with versions and operations, stores, queues, externals, their calls."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """What one operation asks of another. `timeout_s`: for each of 1 + `retries` attempts of the caller's proxy.

    `chance`: share of requests that make this call. `optional`: the caller answers well without it."""

    target: str
    operation: str
    timeout_s: float = 10.0
    retries: int = 0
    chance: float = 1.0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """`METHOD /route`, or `package.Service/Method` for gRPC. `ms`: median of its own work, log-normal with `sigma`.

    `calls`: stages one after another; the calls of a stage run side by side. `step`: an internal span around them.
    `fails`, `missing`: shares that end in 500 and 404 on an ordinary day."""

    name: str
    ms: float
    calls: tuple[tuple[Call, ...], ...] = ()
    step: str = ""
    sigma: float = 0.4
    fails: float = 0.0003
    missing: float = 0.0


@dataclass(frozen=True, slots=True)
class Version:
    name: str
    share: float = 1.0
    instances: int = 2


@dataclass(frozen=True, slots=True)
class Service:
    """An application behind a sidecar. `slots`: requests it works on at once at the default rate.

    `language` names its SDK; `conventions`: `new` or `old` attribute names, since both are met in one mesh."""

    namespace: str
    name: str
    operations: tuple[Operation, ...]
    slots: float
    versions: tuple[Version, ...] = (Version("v1"),)
    language: str = "python"
    conventions: str = "new"
    grpc: bool = False

    @property
    def id(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def host(self) -> str:
        return f"{self.name}.{self.namespace}.svc.cluster.local"

    def operation(self, name: str) -> Operation:
        return next(each for each in self.operations if each.name == name)


@dataclass(frozen=True, slots=True)
class Store:
    """A database or cache: seen only through its callers' client spans. TCP proxies make no spans."""

    namespace: str
    name: str
    system: str
    port: int
    ms: float
    slots: float
    sigma: float = 0.5

    @property
    def id(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def host(self) -> str:
        return f"{self.name}.{self.namespace}.svc.cluster.local"


@dataclass(frozen=True, slots=True)
class Queue:
    """A topic. What is sent to it is processed later by `consumer`, in a trace of its own that links back."""

    system: str
    topic: str
    consumer: str
    operation: str
    delay_ms: float = 80.0

    @property
    def id(self) -> str:
        return f"{self.system}/{self.topic}"


@dataclass(frozen=True, slots=True)
class External:
    """An API outside the mesh, reached through the caller's sidecar. `declined`: share that it answers with 402."""

    host: str
    ms: float
    sigma: float = 0.35
    declined: float = 0.0

    @property
    def id(self) -> str:
        return self.host


Target = Service | Store | Queue | External


@dataclass(frozen=True, slots=True)
class Route:
    """What users ask of the gateway: `weight` parts of all requests; `auth` checks a share `signed_in` of them."""

    weight: float
    operation: str
    signed_in: float = 0.0


@dataclass(frozen=True, slots=True)
class Mesh:
    """All of it. `front` is the service behind the gateway, `auth` the call that checks who a user is."""

    gateway: Service
    front: str
    auth: Call
    routes: tuple[Route, ...]
    targets: Mapping[str, Target]

    def service(self, id_: str) -> Service:
        target = self.targets[id_]
        if not isinstance(target, Service):
            raise TypeError(f"{id_} is no service of the demo mesh")
        return target

    @property
    def services(self) -> tuple[Service, ...]:
        return (self.gateway, *(each for each in self.targets.values() if isinstance(each, Service)))
