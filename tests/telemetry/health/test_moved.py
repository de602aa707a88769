"""What counts as changed between two graphs: more than its own counts can explain."""

import pytest
from hypothesis import given

from telemetry.graph.snapshot import Graph
from telemetry.health.moved import moved
from telemetry.observed import NodeRow
from tests.graphs import any_graph, judged, node

FAST, A_BIN_SLOWER, SLOW = {40: 100}, {41: 100}, {43: 100}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(node("a/a", 100), node("a/a", 100), False, id="the same"),
        pytest.param(node("a/a", 100), node("a/a", 199), False, id="less than twice the traffic"),
        pytest.param(node("a/a", 100), node("a/a", 200), True, id="twice the traffic"),
        pytest.param(node("a/a", 100), node("a/a", 0), True, id="no traffic any more"),
        pytest.param(node("a/a", 0), node("a/a", 0), False, id="idle as before"),
        pytest.param(node("a/a", 1000, 2), node("a/a", 1000, 6), False, id="failures that chance explains"),
        pytest.param(node("a/a", 99_000, 100), node("a/a", 99_000, 200), True, id="failures that it does not"),
        pytest.param(
            node("a/a", 100, client_errors=10),
            node("a/a", 100, client_errors=60),
            True,
            id="client errors, still healthy",
        ),
        pytest.param(
            node("a/a", 100, latency=FAST), node("a/a", 100, latency=A_BIN_SLOWER), False, id="one bin slower"
        ),
        pytest.param(node("a/a", 100, latency=FAST), node("a/a", 100, latency=SLOW), True, id="three bins slower"),
        pytest.param(node("a/a", 100, latency=FAST), node("a/a", 100), False, id="latency no longer known"),
        pytest.param(
            node("a/a", 100, mutual_tls=100, reached=100),
            node("a/a", 100, mutual_tls=0, reached=100),
            True,
            id="plaintext",
        ),
        pytest.param(node("a/a", 100, mutual_tls=100, reached=100), node("a/a", 100), False, id="TLS no longer known"),
        pytest.param(node("a/a", 100, 2), node("a/a", 100, 4), True, id="another health"),
    ],
)
def test_moved(before: NodeRow, after: NodeRow, expected: bool) -> None:
    (old,), (new,) = judged(before).nodes(), judged(after).nodes()
    assert moved(old, new) is expected
    assert moved(new, old) is expected


@given(any_graph())
def test_nothing_has_moved_against_itself(graph: Graph) -> None:
    assert not any(moved(one, one) for one in (*graph.nodes(), *graph.edges()))
