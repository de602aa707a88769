"""A part of a graph: one namespace, one cluster, or what is within some hops of a node."""

import networkx as nx

from telemetry.graph.snapshot import Graph


def select(
    graph: Graph, *, namespace: str | None = None, cluster: str | None = None, focus: str | None = None, hops: int = 1
) -> Graph:
    """The nodes that pass every filter given, and the edges between them, with their verdicts as they were.

    `cluster` `""` is the home cluster. Hops count in both directions over the whole graph. Raises LookupError if
    `focus` is no node of it."""
    if focus is not None and graph.node(focus) is None:
        raise LookupError(f"{focus} is no node of this graph")
    near = (
        nx.single_source_shortest_path_length(graph.digraph.to_undirected(as_view=True), focus, cutoff=hops)
        if focus is not None
        else graph.digraph
    )
    kept = [
        node
        for node in graph.nodes()
        if node.id in near
        and (namespace is None or node.service.namespace == namespace)
        and (cluster is None or node.service.cluster == cluster)
    ]
    ids = {node.id for node in kept}
    edges = (edge for edge in graph.edges() if edge.source in ids and edge.target in ids)
    return Graph.of(graph.at, graph.window_s, kept, edges)
