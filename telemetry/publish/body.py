"""A graph's public JSON (DESIGN.md section 3, api.md): exact for HTTP, signals at 3 significant digits for sockets."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from telemetry.graph.element import Edge, Node, Reason, VersionPart
from telemetry.graph.snapshot import Graph
from telemetry.signals import Counts, Signals, attempts

Body = dict[str, Any]
Precision = Callable[[Iterable[float | None]], Iterable[float | None]]

NAMES = tuple(field.name for field in fields(Signals))
_values = attrgetter(*NAMES)


def exact(values: Iterable[float | None]) -> Iterable[float | None]:
    """The numbers as they are."""
    return values


def rounded(values: Iterable[float | None]) -> list[float | None]:
    """3 significant digits. Rounding again changes nothing, so equal numbers stay equal on their way to a browser.

    A quotient of whole numbers is the float nearest to the decimal: what formatting would give, 4 times faster."""
    return [
        value
        if not value
        else int(value * 1000 + 0.5) / 1000
        if 0.1 <= value < 0.9995
        else int(value * 100 + 0.5) / 100
        if 1 <= value < 9.995
        else int(value * 10 + 0.5) / 10
        if 10 <= value < 99.95
        else int(value + 0.5)
        if 100 <= value < 999.5
        else float(f"{value:.3g}")
        for value in values
    ]


def graph_json(graph: Graph, seq: int | None) -> Body:
    """The body of `GET /graph`, unrounded, in order of ids; `seq` is None for an instant in the past."""
    return assembled(
        graph.at,
        graph.window_s,
        seq,
        sorted((node_json(node) for node in graph.nodes()), key=_id),
        sorted((edge_json(edge) for edge in graph.edges()), key=_id),
    )


def assembled(at: datetime, window_s: float, seq: int | None, nodes: list[Body], edges: list[Body]) -> Body:
    """A graph's body of its elements' bodies."""
    return {"at": instant(at), "window_s": window_s, "seq": seq, "nodes": nodes, "edges": edges}


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
        "version_shares": [_version(part, precision) for part in node.version_shares],
        "failing_traces": list(node.failing_traces),
        "last_request": None if node.last_request is None else instant(node.last_request),
        "warning": node.warning,
    }


def edge_json(edge: Edge, precision: Precision = exact) -> Body:
    """One call; codes and flags are counts over the window."""
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
        "ejected_ratio": _one(edge.counts.ejected, precision),
        "identities": {"source": list(edge.source_identities), "target": list(edge.target_identities)},
        "attempts": _attempts(edge.counts, precision),
        "versions": [_version(part, precision) for part in edge.versions],
        "evidence": list(edge.evidence),
        "failing_traces": list(edge.failing_traces),
    }


def signals_json(signals: Signals, precision: Precision = exact) -> dict[str, float | None]:
    """Every name of api.md's vocabulary."""
    return dict(zip(NAMES, precision(_values(signals)), strict=True))


def instant(at: datetime) -> str:
    """RFC 3339 with milliseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _reason(reason: Reason, precision: Precision) -> Body:
    value = _one(reason.value, precision)
    return {"signal": reason.signal, "value": value, "threshold": reason.threshold, "text": reason.text}


def _one(number: float | None, precision: Precision) -> float | None:
    (value,) = precision((number,))
    return value


def _version(part: VersionPart, precision: Precision) -> Body:
    share, rps, error_ratio = precision((part.share, part.rps, part.error_ratio))
    return {"version": part.version, "share": share, "rps": rps, "error_ratio": error_ratio}


def _attempts(counts: Counts, precision: Precision) -> Body | None:
    tried = attempts(counts)
    if tried is None:
        return None
    per_request, first, end = precision((tried.per_request, tried.success_first_try, tried.success_in_the_end))
    return {"per_request": per_request, "success_first_try": first, "success_in_the_end": end}


def _counts(counts: Mapping[str, float]) -> dict[str, float]:
    """Counts that are there, whole ones as whole numbers, in an order that does not depend on who counted first.

    A counter's difference is shared over buckets, and its shares add up to a whole but for the last digits."""
    if not counts:
        return {}
    present = sorted((name, round(count, 6)) for name, count in counts.items() if count > 0)
    return {name: int(count) if count == int(count) else count for name, count in present}


def _id(body: Body) -> str:
    return str(body["id"])
