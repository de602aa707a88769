"""What the roll-ups say of one window: a row for every node and every edge, before anyone judges it."""

from dataclasses import dataclass
from datetime import datetime

from telemetry.signals import Counts
from telemetry.window import Window


@dataclass(frozen=True, slots=True)
class VersionShare:
    """What one version answered, weighted by sampling. `version` is empty where nothing says which."""

    version: str
    requests: float
    failures: float


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as it received. `kind` as in DESIGN.md section 3; `failing_traces`: hex ids, newest first, at most 5."""

    id: str
    kind: str
    counts: Counts
    versions: tuple[str, ...] = ()
    last_request: datetime | None = None
    failing_traces: tuple[str, ...] = ()
    warning: str | None = None
    shares: tuple[VersionShare, ...] = ()


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A call: `counts` as the caller saw it, `callee` as the target saw it for this same edge.

    `shares` are of the target's versions as called here; identities are what the two ends showed in mutual TLS."""

    source: str
    target: str
    protocol: str
    counts: Counts
    callee: Counts
    protocols: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ("spans",)
    failing_traces: tuple[str, ...] = ()
    source_identities: tuple[str, ...] = ()
    target_identities: tuple[str, ...] = ()
    shares: tuple[VersionShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Observed:
    """All nodes and edges of a window. One edge a pair; nodes idle within the last hour are in it with no requests."""

    window: Window
    nodes: tuple[NodeRow, ...]
    edges: tuple[EdgeRow, ...]
