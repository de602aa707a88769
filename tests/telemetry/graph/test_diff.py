"""Two graphs compared: added, gone and changed part the ids, and turning the question round turns the answer round."""

from hypothesis import given

from telemetry.graph.diff import diff
from telemetry.graph.element import Edge, Node
from telemetry.graph.snapshot import Graph
from tests.graphs import any_graph, edge, judged, node


def differs(before: Node | Edge, after: Node | Edge) -> bool:
    return before != after


def test_added_gone_and_changed() -> None:
    before = judged(node("a/a", 10), node("b/b", 10), node("c/c", 10), edge("a/a→b/b", 10))
    after = judged(node("a/a", 10), node("b/b", 90), node("d/d", 10), edge("a/a→d/d", 10))
    found = diff(before, after, differs)
    assert [one.id for one in found.nodes.added] == ["d/d"]
    assert [one.id for one in found.nodes.gone] == ["c/c"]
    assert [(old.counts.requests, new.counts.requests) for old, new in found.nodes.changed] == [(10, 90)]
    assert [one.id for one in found.edges.added] == ["a/a→d/d"]
    assert [one.id for one in found.edges.gone] == ["a/a→b/b"]
    assert found.edges.changed == ()


@given(any_graph(), any_graph())
def test_the_answer_rebuilds_the_later_graph(before: Graph, after: Graph) -> None:
    found = diff(before, after, differs)
    for old, new, changes in (
        (before.nodes(), after.nodes(), found.nodes),
        (before.edges(), after.edges(), found.edges),
    ):
        rebuilt = {one.id: one for one in old}
        for gone in changes.gone:
            del rebuilt[gone.id]
        rebuilt |= {one.id: one for one in changes.added} | {one.id: one for _, one in changes.changed}
        assert rebuilt == {one.id: one for one in new}
    back = diff(after, before, differs)
    assert (back.nodes.added, back.nodes.gone) == (found.nodes.gone, found.nodes.added)
    assert back.edges.changed == tuple((new, old) for old, new in found.edges.changed)
