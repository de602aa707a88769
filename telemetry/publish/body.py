"""A graph's public JSON (DESIGN.md section 3, api.md): exact for HTTP, signals at 3 significant digits for sockets."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from telemetry.graph.element import Edge, Node, Reason
from telemetry.graph.snapshot import Graph
from telemetry.signals import Signals

Body = dict[str, Any]
Precision = Callable[[float | None], float | None]

NAMES = tuple(field.name for field in fields(Signals))
_values = attrgetter(*NAMES)


def exact(value: float | None) -> float | None:
    """The number as it is."""
    return value


def rounded(value: float | None) -> float | None:
    """3 significant digits. Rounding again changes nothing, so equal numbers stay equal on their way to a browser."""
    if not value:
        return value
    # A quotient of whole numbers is the float nearest to the decimal: what formatting would give, 4 times faster.
    if 0.0995 <= value < 0.9995:
        return int(value * 1000 + 0.5) / 1000
    if 0.9995 <= value < 9.995:
        return int(value * 100 + 0.5) / 100
    if 9.995 <= value < 99.95:
        return int(value * 10 + 0.5) / 10
    return float(f"{value:.3g}")


def graph_json(graph: Graph, seq: int | None) -> Body:
    """The body of `GET /graph`, unrounded, in order of ids; `seq` is None for an instant in the past."""
    return assembled(
        graph,
        seq,
        sorted((node_json(node) for node in graph.nodes()), key=_id),
        sorted((edge_json(edge) for edge in graph.edges()), key=_id),
    )


def assembled(graph: Graph, seq: int | None, nodes: list[Body], edges: list[Body]) -> Body:
    """A graph's body of its elements' bodies."""
    return {"at": instant(graph.at), "window_s": graph.window_s, "seq": seq, "nodes": nodes, "edges": edges}


def node_json(node: Node, precision: Precision = exact) -> Body:
    """One node; every signal is there, null if unknown."""
    return {
        "id": node.id,
        "cluster": node.service.cluster,
        "namespace": node.service.namespace,
        "name": node.service.name,
        "kind": node.kind,
        "health": node.health,
        "reasons": [_reason(reason, precision) for reason in node.reasons],
        "signals": signals_json(node.signals, precision),
        "versions": list(node.versions),
        "failing_traces": list(node.failing_traces),
        "last_request": None if node.last_request is None else instant(node.last_request),
        "warning": node.warning,
    }


def edge_json(edge: Edge, precision: Precision = exact) -> Body:
    """One call; codes and flags are counts over the window, most first."""
    signals = signals_json(edge.signals, precision)
    return {
        "id": edge.id,
        "source": edge.source,
        "target": edge.target,
        "protocol": edge.protocol,
        "protocols": list(edge.protocols),
        "health": edge.health,
        "reasons": [_reason(reason, precision) for reason in edge.reasons],
        "signals": signals,
        "codes": _counts(edge.counts.codes),
        "flags": _counts(edge.counts.flags),
        "mtls_ratio": signals["mtls_ratio"],
        "evidence": list(edge.evidence),
        "failing_traces": list(edge.failing_traces),
    }


def signals_json(signals: Signals, precision: Precision = exact) -> dict[str, float | None]:
    """Every name of api.md's vocabulary."""
    return dict(zip(NAMES, map(precision, _values(signals)), strict=True))


def instant(at: datetime) -> str:
    """RFC 3339 with milliseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _reason(reason: Reason, precision: Precision) -> Body:
    return {
        "signal": reason.signal,
        "value": precision(reason.value),
        "threshold": reason.threshold,
        "text": reason.text,
    }


def _counts(counts: Mapping[str, float]) -> dict[str, float]:
    """Counts that are there, whole ones as whole numbers, in an order that does not depend on who counted first."""
    present = sorted((-count, name) for name, count in counts.items() if count > 0)
    return {name: int(-count) if count == int(count) else -count for count, name in present}


def _id(body: Body) -> str:
    return str(body["id"])
