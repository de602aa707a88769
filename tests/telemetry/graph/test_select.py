"""Parts of a graph: what is kept, and that what is kept is as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.graph.select import select
from telemetry.graph.snapshot import Graph
from tests.graphs import any_graph, edge, judged

CHAIN = judged(
    edge("edge/gateway→shop/web", 10),
    edge("shop/web→shop/cart", 10),
    edge("shop/cart→east:shop/stock", 10),
    edge("east:shop/stock→-/stock-db", 10),
    edge("shop/cart→shop/cart", 1),
)


def ids(graph: Graph) -> set[str]:
    return {one.id for one in graph.nodes()}


@pytest.mark.parametrize(
    ("ask", "kept", "calls"),
    [
        pytest.param({}, 5, 5, id="everything"),
        pytest.param(
            {"namespace": "shop"}, {"shop/web", "shop/cart", "east:shop/stock"}, 3, id="a namespace in all clusters"
        ),
        pytest.param({"namespace": "shop", "cluster": "east"}, {"east:shop/stock"}, 0, id="a namespace of one cluster"),
        pytest.param(
            {"cluster": ""}, {"edge/gateway", "shop/web", "shop/cart", "-/stock-db"}, 3, id="the home cluster"
        ),
        pytest.param({"focus": "shop/cart"}, {"shop/web", "shop/cart", "east:shop/stock"}, 3, id="one hop, both ways"),
        pytest.param({"focus": "shop/cart", "hops": 0}, {"shop/cart"}, 1, id="alone, with its call to itself"),
        pytest.param({"focus": "edge/gateway", "hops": 2}, {"edge/gateway", "shop/web", "shop/cart"}, 3, id="two hops"),
        pytest.param({"focus": "shop/cart", "namespace": "edge", "hops": 2}, {"edge/gateway"}, 0, id="near and in it"),
        pytest.param({"namespace": "nowhere"}, set(), 0, id="nothing matches"),
    ],
)
def test_select(ask: dict[str, object], kept: set[str] | int, calls: int) -> None:
    part = select(CHAIN, **ask)  # type: ignore[arg-type]
    assert (ids(part) == kept) if isinstance(kept, set) else (len(ids(part)) == kept)
    assert len(list(part.edges())) == calls


def test_a_focus_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match="shop/nobody is no node of this graph"):
        select(CHAIN, focus="shop/nobody")


@given(any_graph(), st.integers(0, 3))
def test_a_part_holds_the_same_elements_and_all_calls_between_them(graph: Graph, hops: int) -> None:
    focus = next((one.id for one in graph.nodes()), None)
    part = select(graph, focus=focus, hops=hops)
    assert all(graph.node(one.id) == one for one in part.nodes())
    assert list(part.edges()) == [call for call in graph.edges() if {call.source, call.target} <= ids(part)]
    if focus is not None:
        wider = select(graph, focus=focus, hops=hops + 1)
        assert ids(part) <= ids(wider)
        beside = {
            end
            for call in graph.edges()
            for end in (call.source, call.target)
            if {call.source, call.target} & ids(part)
        }
        assert ids(wider) == ids(part) | beside
