"""Nodes and edges of the graph, with the verdict each carries once it has been judged."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telemetry.identity import ARROW, ServiceId
from telemetry.signals import Counts, Signals


class Health(StrEnum):
    """`idle`: no request in the window; `unknown`: seen, but nothing says how its requests end."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    FAILING = "failing"
    IDLE = "idle"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an element has its health: a signal, its value, the threshold it was held against, and the sentence."""

    signal: str
    value: float | None
    threshold: float | None
    text: str


@dataclass(frozen=True, slots=True)
class VersionPart:
    """What one version answers of a node's or an edge's requests: `share` of them, and its own errors."""

    version: str
    share: float | None
    rps: float
    error_ratio: float | None


@dataclass(frozen=True, slots=True)
class Node:
    """A service, gateway, store or anything else that receives or sends. `counts` are of its receiving side."""

    id: str
    service: ServiceId
    kind: str
    counts: Counts
    signals: Signals
    versions: tuple[str, ...] = ()
    last_request: datetime | None = None
    failing_traces: tuple[str, ...] = ()
    warning: str | None = None
    version_shares: tuple[VersionPart, ...] = ()
    health: Health = Health.UNKNOWN
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A call. `counts` and `signals` are the caller's; `callee` is what the target counted of this same edge.

    `versions` are the target's as called here, empty if unknown; identities are what the ends showed in mutual TLS."""

    source: str
    target: str
    protocol: str
    protocols: tuple[str, ...]
    counts: Counts
    callee: Counts
    signals: Signals
    evidence: tuple[str, ...] = ()
    failing_traces: tuple[str, ...] = ()
    source_identities: tuple[str, ...] = ()
    target_identities: tuple[str, ...] = ()
    versions: tuple[VersionPart, ...] = ()
    health: Health = Health.UNKNOWN
    reasons: tuple[Reason, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.source}{ARROW}{self.target}"

    def judged(self, health: Health, reasons: tuple[Reason, ...]) -> "Edge":
        """The same with a verdict."""
        return Edge(
            self.source,
            self.target,
            self.protocol,
            self.protocols,
            self.counts,
            self.callee,
            self.signals,
            self.evidence,
            self.failing_traces,
            self.source_identities,
            self.target_identities,
            self.versions,
            health,
            reasons,
        )
