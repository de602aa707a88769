"""The nearest threshold wins, signal by signal: edge, service, namespace, protocol, mesh, default."""

import pytest

from telemetry.graph.snapshot import Graph
from telemetry.health.thresholds import Scope, Threshold, Thresholds
from tests.graphs import edge, graph, node

SEEN: Graph = graph(node("shop/web", 1), node("pay/fraud", 1), edge("shop/web→pay/fraud", 1, protocol="grpc"))
EDGE = Threshold(Scope.EDGE, "shop/web→pay/fraud", "error_ratio", 0.1, None)
SERVICE = Threshold(Scope.SERVICE, "pay/fraud", "error_ratio", 0.2, None)
GLOB = Threshold(Scope.SERVICE, "pay/*", "error_ratio", 0.3, None)
NAMESPACE = Threshold(Scope.NAMESPACE, "pay", "error_ratio", 0.4, None)
PROTOCOL = Threshold(Scope.PROTOCOL, "grpc", "error_ratio", 0.5, None)
MESH = Threshold(Scope.MESH, "", "error_ratio", 0.6, None)
ELSEWHERE = Threshold(Scope.NAMESPACE, "shop", "error_ratio", 0.9, None)


def degraded_at(rows: list[Threshold], of: str) -> tuple[float | None, Scope]:
    thresholds = Thresholds(rows)
    target, call = SEEN.node("pay/fraud"), SEEN.edge("shop/web", "pay/fraud")
    assert target is not None
    assert call is not None
    found = thresholds.of_edge(call, target) if of == "edge" else thresholds.of_node(target)
    (row,) = (row for row in found if row.signal == "error_ratio")
    return row.degraded, row.scope


@pytest.mark.parametrize(
    ("rows", "edge_level", "node_level"),
    [
        ([], (0.01, Scope.DEFAULT), (0.01, Scope.DEFAULT)),
        ([MESH], (0.6, Scope.MESH), (0.6, Scope.MESH)),
        ([MESH, PROTOCOL], (0.5, Scope.PROTOCOL), (0.6, Scope.MESH)),
        ([MESH, PROTOCOL, NAMESPACE], (0.4, Scope.NAMESPACE), (0.4, Scope.NAMESPACE)),
        ([MESH, NAMESPACE, GLOB], (0.3, Scope.SERVICE), (0.3, Scope.SERVICE)),
        ([GLOB, SERVICE], (0.2, Scope.SERVICE), (0.2, Scope.SERVICE)),
        ([MESH, SERVICE, EDGE, GLOB], (0.1, Scope.EDGE), (0.2, Scope.SERVICE)),
        ([ELSEWHERE], (0.01, Scope.DEFAULT), (0.01, Scope.DEFAULT)),
    ],
    ids=[
        "default",
        "mesh",
        "protocol is for calls",
        "namespace",
        "pattern",
        "exact before pattern",
        "edge",
        "elsewhere",
    ],
)
def test_nearest_wins_in_any_order(
    rows: list[Threshold], edge_level: tuple[float, Scope], node_level: tuple[float, Scope]
) -> None:
    for ordered in (rows, rows[::-1]):
        assert degraded_at(ordered, "edge") == edge_level
        assert degraded_at(ordered, "node") == node_level


def test_another_signal_keeps_its_own_threshold() -> None:
    target = SEEN.node("pay/fraud")
    assert target is not None
    latency = Threshold(Scope.SERVICE, "pay/fraud", "p95_ms", 300, 1000)
    found = {row.signal: row.scope for row in Thresholds([latency]).of_node(target)}
    assert found == {"p95_ms": Scope.SERVICE, "error_ratio": Scope.DEFAULT, "saturation": Scope.DEFAULT}


def test_a_signal_that_is_not_bad_when_high_is_refused_with_those_that_can() -> None:
    with pytest.raises(ValueError, match=r"'rps' cannot have a threshold; these can: .*error_ratio"):
        Threshold(Scope.MESH, "", "rps", 1, 2)
