"""A graph at an instant: what was observed of a window, with signals. Every edge's two ends are among its nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import networkx as nx

from telemetry.graph.element import Edge, Node, VersionPart
from telemetry.identity import UNKNOWN, ServiceId
from telemetry.observed import EdgeRow, NodeRow, Observed, VersionShare
from telemetry.signals import Counts, signals

_NOTHING = Counts()


@dataclass(frozen=True, slots=True)
class Graph:
    """`digraph` is the working form: a node's attribute `node` is its Node, an edge's attribute `edge` its Edge.

    Nobody changes a `digraph` that a Graph holds; a new fact is a new Graph (`of`)."""

    at: datetime
    window_s: float
    digraph: nx.DiGraph

    @classmethod
    def of(cls, at: datetime, window_s: float, nodes: Iterable[Node], edges: Iterable[Edge]) -> "Graph":
        """A graph of these elements. Raises ValueError for an edge with an end that is not among `nodes`."""
        digraph = nx.DiGraph()
        digraph.add_nodes_from((node.id, {"node": node}) for node in nodes)
        for edge in edges:
            for end in (edge.source, edge.target):
                if end not in digraph:
                    raise ValueError(f"edge {edge.id} ends at {end}, which is no node of the graph")
            digraph.add_edge(edge.source, edge.target, edge=edge)
        return cls(at, window_s, digraph)

    def nodes(self) -> Iterator[Node]:
        return (node for _, node in self.digraph.nodes(data="node"))

    def edges(self) -> Iterator[Edge]:
        return (edge for _, _, edge in self.digraph.edges(data="edge"))

    def node(self, node_id: str) -> Node | None:
        return self.digraph.nodes[node_id]["node"] if node_id in self.digraph else None

    def edge(self, source: str, target: str) -> Edge | None:
        return self.digraph.edges[source, target]["edge"] if self.digraph.has_edge(source, target) else None

    def calls_to(self, node_id: str) -> Iterator[Edge]:
        """The edges that end at a node."""
        return (edge for _, _, edge in self.digraph.in_edges(node_id, data="edge"))

    def calls_from(self, node_id: str) -> Iterator[Edge]:
        """The edges that start at a node."""
        return (edge for _, _, edge in self.digraph.out_edges(node_id, data="edge"))


def build(observed: Observed, at: datetime) -> Graph:
    """The graph of a window with signals, nothing judged yet; an end that has no row of its own becomes a bare node."""
    window_s = observed.window.seconds
    known = {row.id for row in observed.nodes}
    ends = {end for row in observed.edges for end in (row.source, row.target)}
    rows = [*observed.nodes, *(_bare(end) for end in sorted(ends - known))]
    return Graph.of(
        at, window_s, (_node(row, window_s) for row in rows), (_edge(row, window_s) for row in observed.edges)
    )


def _bare(node_id: str) -> NodeRow:
    return NodeRow(node_id, "unknown" if node_id == str(UNKNOWN) else "service", _NOTHING)


def _node(row: NodeRow, window_s: float) -> Node:
    return Node(
        id=row.id,
        service=ServiceId.parse(row.id),
        kind=row.kind,
        counts=row.counts,
        signals=signals(row.counts, window_s),
        versions=row.versions,
        last_request=row.last_request,
        failing_traces=row.failing_traces,
        warning=row.warning,
        version_shares=_parts(row.shares, window_s),
    )


def _edge(row: EdgeRow, window_s: float) -> Edge:
    return Edge(
        source=row.source,
        target=row.target,
        protocol=row.protocol,
        protocols=row.protocols or (row.protocol,),
        counts=row.counts,
        callee=row.callee,
        signals=signals(row.counts, window_s),
        evidence=row.evidence,
        failing_traces=row.failing_traces,
        source_identities=row.source_identities,
        target_identities=row.target_identities,
        versions=_parts(row.shares, window_s),
    )


def _parts(shares: tuple[VersionShare, ...], window_s: float) -> tuple[VersionPart, ...]:
    """By name, so that rows do not jump as traffic does; what nobody names last."""
    total = sum(share.requests for share in shares)
    return tuple(
        VersionPart(
            version=share.version,
            share=share.requests / total if total > 0 else None,
            rps=share.requests / window_s,
            error_ratio=share.failures / share.requests if share.requests > 0 else None,
        )
        for share in sorted(shares, key=lambda share: (not share.version, share.version))
    )
