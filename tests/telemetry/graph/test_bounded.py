"""Beyond the bound the quietest services are one node: no count is lost, and the busiest are as they were."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from telemetry.graph.bounded import OTHERS, bounded
from telemetry.graph.snapshot import build
from telemetry.observed import EdgeRow, NodeRow, Observed, VersionShare
from tests.graphs import AT, counts, edge, node, observed

CROWD = observed(
    node("shop/web", 100),
    node("shop/cart", 90, 9),
    node("crowd/a", 1, 1),
    node("crowd/b", 2),
    node("batch/job"),
    edge("batch/job→shop/cart", 50),
    edge("shop/web→shop/cart", 40, 9),
    edge("shop/web→crowd/a", 1, 1),
    edge("shop/web→crowd/b", 2, protocol="grpc"),
    edge("crowd/a→crowd/b", 0.5),
)


def by_id(of: Observed) -> tuple[dict[str, NodeRow], dict[str, EdgeRow]]:
    return {row.id: row for row in of.nodes}, {f"{row.source}→{row.target}": row for row in of.edges}


def test_a_graph_within_the_bound_is_as_it_was() -> None:
    assert bounded(CROWD, 5) is CROWD


def test_the_quietest_are_one_node() -> None:
    nodes, edges = by_id(bounded(CROWD, 4))
    assert nodes.keys() == {"shop/web", "shop/cart", "batch/job", OTHERS}
    assert nodes[OTHERS].counts.requests == 3
    assert nodes[OTHERS].counts.failures == 1
    assert "2 quieter services" in (nodes[OTHERS].warning or "")
    assert edges.keys() == {"batch/job→shop/cart", "shop/web→shop/cart", f"shop/web→{OTHERS}", f"{OTHERS}→{OTHERS}"}
    folded = edges[f"shop/web→{OTHERS}"]
    assert (folded.counts.requests, folded.counts.failures, folded.protocol) == (3, 1, "grpc")
    assert folded.protocols == ("grpc", "http")


def test_versions_and_identities_of_folded_calls() -> None:
    calls = [
        replace(edge(pair, 1), shares=(VersionShare("v1", 2, 1),), source_identities=(f"spiffe://m/{pair[6]}",))
        for pair in ("crowd/a→shop/cart", "crowd/b→shop/cart", "shop/cart→crowd/a")
    ]
    _, edges = by_id(bounded(observed(node("shop/cart", 90), node("crowd/a"), node("crowd/b"), *calls), 2))
    assert edges[f"{OTHERS}→shop/cart"].shares == (VersionShare("v1", 4, 2),)
    assert edges[f"{OTHERS}→shop/cart"].source_identities == ("spiffe://m/a", "spiffe://m/b")
    assert edges[f"shop/cart→{OTHERS}"].shares == ()


def test_who_only_calls_is_not_quiet() -> None:
    assert "batch/job" in by_id(bounded(CROWD, 4))[0]


def test_a_service_that_is_named_so_is_one_of_them() -> None:
    nodes, _ = by_id(bounded(observed(node(OTHERS, 500), node("a/a", 3), node("a/b", 2)), 2))
    assert nodes.keys() == {"a/a", OTHERS}
    assert nodes[OTHERS].counts.requests == 502


_ids = [f"n/{number}" for number in range(8)]
_nodes = st.lists(st.sampled_from(_ids), unique=True, min_size=1)


@given(st.data())
def test_nothing_counted_is_lost_and_the_graph_holds(data: st.DataObject) -> None:
    ids = data.draw(_nodes)
    rows = [NodeRow(name, "service", counts(float(data.draw(st.integers(0, 9))))) for name in ids]
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), unique=True, max_size=12))
    calls = [edge(f"{source}→{target}", float(data.draw(st.integers(0, 9)))) for source, target in pairs]
    most = data.draw(st.integers(2, 9))
    whole = observed(*rows, *calls)
    small = bounded(whole, most)
    assert len(small.nodes) <= most
    for before, after in ((whole.nodes, small.nodes), (whole.edges, small.edges)):
        assert sum(row.counts.requests for row in after) == sum(row.counts.requests for row in before)
    assert len(build(small, AT).digraph) == len(small.nodes)
    assert all(row in whole.nodes for row in small.nodes if row.id != OTHERS)
    assert bounded(small, most) is small
