"""From which value on a signal is degraded or failing, and for whom: the nearest scope wins, signal by signal."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from telemetry.graph.element import Edge, Node

RATIOS = frozenset({"error_ratio", "client_error_ratio", "denied_ratio"})
LATENCIES = frozenset({"p50_ms", "p90_ms", "p95_ms", "p99_ms"})
JUDGED = RATIOS | LATENCIES | {"saturation", "retry_ratio"}


class Scope(StrEnum):
    """Whom a threshold is for, nearest first; `default` is what holds where nobody set anything."""

    EDGE = "edge"
    SERVICE = "service"
    NAMESPACE = "namespace"
    PROTOCOL = "protocol"
    MESH = "mesh"
    DEFAULT = "default"


_NEAREST = {scope: rank for rank, scope in enumerate(Scope)}


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row. `match` is an id, a namespace or a protocol, `*` and `?` as in a shell; ignored for the mesh.

    A level of None is never reached. `count_client_errors` adds client errors to `error_ratio`, here alone.
    Raises ValueError for a signal that has no bad direction upwards (`rps`, `mtls_ratio`, …)."""

    scope: Scope
    match: str
    signal: str
    degraded: float | None
    failing: float | None
    count_client_errors: bool = False

    def __post_init__(self) -> None:
        if self.signal not in JUDGED:
            raise ValueError(f"{self.signal!r} cannot have a threshold; these can: {', '.join(sorted(JUDGED))}")


DEFAULTS = (
    Threshold(Scope.DEFAULT, "*", "error_ratio", 0.01, 0.05),
    Threshold(Scope.DEFAULT, "*", "saturation", 0.8, 1.0),
)


class Thresholds:
    """All rows, asked once for every element. An exact match of a scope wins over a pattern, then the earlier row."""

    def __init__(self, rows: Iterable[Threshold] = ()) -> None:
        ordered = sorted((*rows, *DEFAULTS), key=lambda row: (_NEAREST[row.scope], _is_pattern(row.match)))
        self._rows = tuple(ordered)
        self._everywhere = all(row.scope in (Scope.MESH, Scope.DEFAULT) for row in ordered)
        self._mesh = _first_of_each(self._rows)

    def of_node(self, node: Node) -> tuple[Threshold, ...]:
        """One row a signal for what a node receives: its own, its namespace's or the mesh's."""
        if self._everywhere:
            return self._mesh
        return self._nearest({Scope.SERVICE: node.id, Scope.NAMESPACE: node.service.namespace})

    def of_edge(self, edge: Edge, target: Node) -> tuple[Threshold, ...]:
        """One row a signal for a call: its own, its target's, its protocol's or the mesh's."""
        if self._everywhere:
            return self._mesh
        return self._nearest(
            {
                Scope.EDGE: edge.id,
                Scope.SERVICE: edge.target,
                Scope.NAMESPACE: target.service.namespace,
                Scope.PROTOCOL: edge.protocol,
            }
        )

    def _nearest(self, names: dict[Scope, str]) -> tuple[Threshold, ...]:
        fixed = (Scope.MESH, Scope.DEFAULT)
        return _first_of_each(
            row
            for row in self._rows
            if row.scope in fixed or (row.scope in names and fnmatchcase(names[row.scope], row.match))
        )


def _is_pattern(match: str) -> bool:
    return any(sign in match for sign in "*?[")


def _first_of_each(rows: Iterable[Threshold]) -> tuple[Threshold, ...]:
    """The first row of each signal."""
    first: dict[str, Threshold] = {}
    for row in rows:
        first.setdefault(row.signal, row)
    return tuple(first.values())
