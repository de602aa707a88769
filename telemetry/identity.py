"""Ids of services and edges: `shop/cart`, `east:shop/cart`, `shop/web→shop/cart`; parse and print (rules.md)."""

from dataclasses import dataclass
from urllib.parse import unquote

NO_NAMESPACE = "-"
ARROW = "→"


def encode(part: str) -> str:
    """One part of an id: `/`, `:`, `@` and `%` percent-encoded, everything else kept as its sender wrote it."""
    for raw, safe in (("%", "%25"), ("/", "%2F"), (":", "%3A"), ("@", "%40")):
        part = part.replace(raw, safe)
    return part


@dataclass(frozen=True, slots=True, order=True)
class ServiceId:
    """A node of the graph. `cluster` is empty for the home cluster, `namespace` is `-` where there is none."""

    cluster: str
    namespace: str
    name: str

    def __str__(self) -> str:
        local = f"{encode(self.namespace or NO_NAMESPACE)}/{encode(self.name)}"
        return f"{encode(self.cluster)}:{local}" if self.cluster else local

    @classmethod
    def parse(cls, text: str) -> "ServiceId":
        """Raises ValueError for anything but `namespace/name` or `cluster:namespace/name`."""
        cluster, colon, local = text.rpartition(":")
        namespace, slash, name = local.partition("/")
        if not slash or not name or not namespace or "/" in name or (colon and not cluster):
            raise ValueError(f"{text!r} is no node id: expected namespace/name or cluster:namespace/name")
        return cls(unquote(cluster), unquote(namespace), unquote(name))


UNKNOWN = ServiceId("", NO_NAMESPACE, "unknown")


@dataclass(frozen=True, slots=True, order=True)
class EdgeId:
    """A call from `source` to `target`, both node ids."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}{ARROW}{self.target}"

    @classmethod
    def parse(cls, text: str) -> "EdgeId":
        """Raises ValueError unless `text` is `source→target`."""
        source, arrow, target = text.partition(ARROW)
        if not arrow or not source or not target:
            raise ValueError(f"{text!r} is no edge id: expected source{ARROW}target")
        return cls(source, target)
