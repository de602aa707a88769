"""Who is in the mesh of real Envoys and who calls whom; as data."""

from dataclasses import dataclass
from typing import Literal

Speaks = Literal["http", "grpc", "tcp"]


@dataclass(frozen=True, slots=True)
class Instance:
    """One process behind one Envoy; `app` False: an Envoy alone. `calls`: services, through its own Envoy.

    `shows`: its calls and what it takes are mutual TLS where both ends show who they are."""

    namespace: str
    name: str
    version: str = "v1"
    speaks: Speaks = "http"
    calls: tuple[str, ...] = ()
    app: bool = True
    shows: bool = False

    @property
    def id(self) -> str:
        return f"{self.name}-{self.version}-0"

    @property
    def service(self) -> str:
        """As the graph's ids have it."""
        return f"{self.namespace}/{self.name}"

    @property
    def host(self) -> str:
        """What callers put into Host and name their clusters by."""
        return f"{self.name}.{self.namespace}"

    @property
    def identity(self) -> str:
        return f"spiffe://mesh.local/ns/{self.namespace}/sa/{self.name}"


GATEWAY = Instance("edge", "gateway", calls=("shop/web",), app=False)
WEB = Instance("shop", "web", version="v3", calls=("shop/cart", "shop/offers", "shop/sessions"))
CART = Instance("shop", "cart", calls=("shop/stock", "pay/payments"), shows=True)
CANARY = Instance("shop", "cart", version="v2", calls=("shop/stock", "pay/payments"), shows=True)
STOCK = Instance("shop", "stock", shows=True)
OFFERS = Instance("shop", "offers")
PAYMENTS = Instance("pay", "payments", speaks="grpc")
SESSIONS = Instance("shop", "sessions", speaks="tcp")

INSTANCES = (GATEWAY, WEB, CART, CANARY, STOCK, OFFERS, PAYMENTS, SESSIONS)
FAULTED = OFFERS.host
CANARY_CLUSTERS = tuple(f"outbound|80|{each.version}|{each.host}.svc.cluster.local" for each in (CART, CANARY))


def serving(service: str) -> tuple[Instance, ...]:
    """Its instances, the stable version first."""
    return tuple(each for each in INSTANCES if each.service == service)
