"""What sockets get of one window: a snapshot for who joins, a delta for who is there, each serialised once for all.

A delta holds whole elements, and only those that changed after rounding; applied to the snapshot before, it gives the
snapshot after, byte for byte. `seq` rises by one with each delta, and by nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import orjson

from telemetry.graph.snapshot import Graph
from telemetry.publish.body import Body, assembled, edge_json, graph_json, instant, node_json, rounded


@dataclass(frozen=True)
class Feed:
    """Where a window stands. `delta` leads here from the feed before; None if there was none or nothing had changed.

    `graph` is always the newest, `at`, `window_s`, `nodes` and `edges` are as last published."""

    seq: int
    graph: Graph
    at: datetime
    window_s: float
    nodes: Mapping[str, Body]
    edges: Mapping[str, Body]
    delta: bytes | None = field(default=None, repr=False)
    changed: int = 0

    @cached_property
    def snapshot(self) -> bytes:
        """The message for who joins or asks to resync; made when the first one does, then kept."""
        body = assembled(self.at, self.window_s, self.seq, list(self.nodes.values()), list(self.edges.values()))
        return orjson.dumps({"type": "snapshot", "graph": body})

    @cached_property
    def answer(self) -> bytes:
        """The body of `GET /graph` without filters; made when the first one asks, then kept."""
        return orjson.dumps(graph_json(self.graph, self.seq))


def advance(last: Feed | None, graph: Graph, first_seq: int) -> Feed:
    """The feed after `last`. Without one it starts at `first_seq`; with nothing to publish its `seq` stays."""
    nodes = _by_id(node_json(node, rounded) for node in graph.nodes())
    edges = _by_id(edge_json(edge, rounded) for edge in graph.edges())
    if last is None:
        return Feed(first_seq, graph, graph.at, graph.window_s, nodes, edges)
    changes = {"nodes": _changes(last.nodes, nodes), "edges": _changes(last.edges, edges)}
    changed = sum(len(part) for kind in changes.values() for part in kind.values())
    if not changed:
        return replace(last, graph=graph, delta=None, changed=0)
    seq = last.seq + 1
    message = {"type": "delta", "seq": seq, "at": instant(graph.at), "window_s": graph.window_s, **changes}
    return Feed(seq, graph, graph.at, graph.window_s, nodes, edges, orjson.dumps(message), changed)


def _by_id(bodies: Iterable[Body]) -> dict[str, Body]:
    return {body["id"]: body for body in sorted(bodies, key=lambda body: str(body["id"]))}


def _changes(before: Mapping[str, Body], after: Mapping[str, Body]) -> dict[str, list[Body] | list[str]]:
    return {
        "upsert": [body for key, body in after.items() if before.get(key) != body],
        "remove": [key for key in before if key not in after],
    }
