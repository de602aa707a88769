"""A verdict for every node and edge: a pure function of what was counted and the thresholds.

A ratio is judged by the lower end of its Wilson interval, and not at all while that interval covers most of what a
ratio can be: two failures of three requests at night are no outage (between 21 and 94 %)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from telemetry.graph.element import Edge, Health, Node, Reason
from telemetry.graph.snapshot import Graph
from telemetry.health.thresholds import LATENCIES, RATIOS, Threshold, Thresholds
from telemetry.health.wilson import wilson
from telemetry.health.words import between, cause, counted, digits, milliseconds, percent, sentence
from telemetry.signals import Counts, Signals

# 3 of 3 is narrower and judged, 2 of 3 is not; from seven requests on every ratio is (docs/decisions/004).
TOO_WIDE = 0.6

_SEVERITY = {Health.FAILING: 0, Health.DEGRADED: 1, Health.HEALTHY: 2}
_ENDS = {
    "error_ratio": "fail",
    "client_error_ratio": "end in a client error",
    "denied_ratio": "are denied by policy",
}


class Verdict(NamedTuple):
    """What one threshold says of one element; a healthy one has a reason where the ratio alone would say otherwise."""

    health: Health
    reason: Reason | None = None


def judge(graph: Graph, thresholds: Thresholds) -> Graph:
    """The same graph with health and reasons: a node by what it received, an edge by what its caller saw."""
    nodes = {node.id: _judged_node(graph, node, thresholds) for node in graph.nodes()}
    edges = (_judged_edge(edge, nodes[edge.target], thresholds) for edge in graph.edges())
    return Graph.of(graph.at, graph.window_s, nodes.values(), edges)


def _judged_node(graph: Graph, node: Node, thresholds: Thresholds) -> Node:
    if not _active(node.counts):
        if any(_active(edge.counts) for edge in (*graph.calls_from(node.id), *graph.calls_to(node.id))):
            return _with(node, Health.UNKNOWN, "Nothing says how requests to it end.")
        return _with(node, Health.IDLE, "No request in the window.")
    health, reasons = verdict(node.counts, node.signals, thresholds.of_node(node))
    return replace(node, health=health, reasons=reasons)


def _judged_edge(edge: Edge, target: Node, thresholds: Thresholds) -> Edge:
    if not _active(edge.counts):
        return edge.judged(Health.IDLE, (Reason("rps", 0.0, None, "No request in the window."),))
    return edge.judged(*verdict(edge.counts, edge.signals, thresholds.of_edge(edge, target)))


def verdict(counts: Counts, signals: Signals, thresholds: Iterable[Threshold]) -> tuple[Health, tuple[Reason, ...]]:
    """The worst of what the thresholds say of something that had traffic, and the reasons, worst first."""
    verdicts = [_ratio(counts, row) if row.signal in RATIOS else _level(signals, row) for row in thresholds]
    said = sorted((v for v in verdicts if v is not None), key=lambda v: _SEVERITY[v.health])
    reasons = tuple(v.reason for v in said if v.reason is not None)
    if said and said[0].health is not Health.HEALTHY:
        return said[0].health, reasons
    if counts.judged <= 0:
        text = "Every request was cancelled." if counts.requests > 0 else "Connections only."
        return Health.UNKNOWN, (Reason("error_ratio", None, None, f"{text} Nothing says how they would end."),)
    return Health.HEALTHY, reasons


def _active(counts: Counts) -> bool:
    return counts.requests > 0 or bool(counts.connections) or bool(counts.bytes_in) or bool(counts.bytes_out)


def _with(node: Node, health: Health, text: str) -> Node:
    return replace(node, health=health, reasons=(Reason("rps", node.signals.rps, None, text),))


def _level_reached(value: float, row: Threshold) -> tuple[Health, float | None]:
    """The worst level that `value` reaches, with that level; a value of 0 reaches none."""
    for health, level in ((Health.FAILING, row.failing), (Health.DEGRADED, row.degraded)):
        if level is not None and value >= level and value > 0:
            return health, level
    return Health.HEALTHY, None


def _ratio(counts: Counts, row: Threshold) -> Verdict | None:
    """A ratio by its lower end; None where no request says anything."""
    if counts.judged <= 0:
        return None
    part = {
        "error_ratio": counts.failures + (counts.client_errors if row.count_client_errors else 0.0),
        "client_error_ratio": counts.client_errors,
        "denied_ratio": counts.denied,
    }[row.signal]
    if part <= 0:
        return Verdict(Health.HEALTHY)
    ratio = part / counts.judged
    _, looks = _level_reached(ratio, row)
    if looks is None:
        return Verdict(Health.HEALTHY)
    interval = wilson(part, counts.judged)
    health, level = _level_reached(interval.low, row)
    if level is None or interval.width > TOO_WIDE:
        text = f"{sentence(counted(part, 'failure' if row.signal == 'error_ratio' else 'refusal'))} of "
        text += f"{counted(counts.judged, 'request')}: too few to judge ({between(interval)})."
        return Verdict(Health.HEALTHY, Reason(row.signal, ratio, looks, text))
    why = cause(counts, part, 400 if row.count_client_errors else 500) if row.signal == "error_ratio" else ""
    text = f"{percent(ratio)} of requests {_ENDS[row.signal]}{f' ({why})' if why else ''}, "
    text += f"{between(interval)}, threshold {percent(level)}."
    return Verdict(health, Reason(row.signal, ratio, level, text))


def _level(signals: Signals, row: Threshold) -> Verdict | None:
    """Any other signal by its value; None where it is unknown."""
    value: float | None = getattr(signals, row.signal)
    if value is None:
        return None
    health, level = _level_reached(value, row)
    if level is None:
        return Verdict(health)
    if row.signal in LATENCIES:
        text = f"{row.signal.removesuffix('_ms')} is {milliseconds(value)}, threshold {milliseconds(level)}."
    elif row.signal == "retry_ratio":
        text = f"{percent(value)} of requests are tried again, threshold {percent(level)}."
    else:
        text = f"Saturation is {digits(value, 2)}, threshold {digits(level, 2)}."
    return Verdict(health, Reason(row.signal, value, level, text))
