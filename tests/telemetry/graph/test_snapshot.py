"""A window becomes a graph: signals by api.md, every end of a call a node, nothing judged."""

from dataclasses import replace

import pytest
from hypothesis import given

from telemetry.graph.element import Health
from telemetry.graph.snapshot import Graph, build
from telemetry.identity import ServiceId
from telemetry.observed import Observed
from tests.graphs import AT, any_observed, edge, graph, node


def test_rates_are_over_the_real_length_of_the_window() -> None:
    seen = graph(node("east:shop/cart", 650))
    (cart,) = seen.nodes()
    assert (seen.at, seen.window_s, cart.signals.rps) == (AT, 65.0, 10.0)
    assert cart.service == ServiceId("east", "shop", "cart")
    assert (cart.health, cart.reasons) == (Health.UNKNOWN, ())


def test_a_call_has_the_callers_signals_and_keeps_the_callees_counts() -> None:
    row = replace(edge("shop/web→shop/cart", 100, 40), callee=node("x/x", 70, 10).counts)
    (call,) = graph(node("shop/web"), node("shop/cart"), row).edges()
    assert (call.signals.error_ratio, call.callee.requests) == (0.4, 70)
    assert (call.id, call.protocols) == ("shop/web→shop/cart", ("http",))


def test_ends_without_a_row_become_nodes() -> None:
    seen = graph(edge("-/unknown→shop/web", 1), edge("shop/web→pay/fraud", 1))
    assert {one.id: one.kind for one in seen.nodes()} == {
        "-/unknown": "unknown",
        "pay/fraud": "service",
        "shop/web": "service",
    }


def test_neighbours() -> None:
    seen = graph(edge("a/a→b/b", 1), edge("b/b→c/c", 1), edge("b/b→b/b", 1))
    assert {call.id for call in seen.calls_to("b/b")} == {"a/a→b/b", "b/b→b/b"}
    assert {call.id for call in seen.calls_from("b/b")} == {"b/b→c/c", "b/b→b/b"}
    assert seen.edge("a/a", "c/c") is None
    assert seen.node("nobody/here") is None


def test_an_edge_that_ends_nowhere_is_refused() -> None:
    seen = graph(edge("a/a→b/b", 1))
    with pytest.raises(ValueError, match="a/a→b/b ends at b/b, which is no node"):
        Graph.of(AT, 60, (one for one in seen.nodes() if one.id == "a/a"), seen.edges())


@given(any_observed())
def test_every_row_is_in_the_graph_once(seen: Observed) -> None:
    built = build(seen, AT)
    rows = {row.id for row in seen.nodes}
    assert rows <= {one.id for one in built.nodes()}
    assert sorted((call.source, call.target) for call in built.edges()) == sorted(
        (e.source, e.target) for e in seen.edges
    )
    for one in built.nodes():
        assert one.id in rows or one.counts.requests == 0
