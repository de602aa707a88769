"""A bound on how many services a graph shows. Beyond it the quietest are one node, with all their calls: nothing that
was counted is lost, and a sender who makes up names costs no more than the bound."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from heapq import nlargest

from telemetry.identity import NO_NAMESPACE, ServiceId
from telemetry.observed import EdgeRow, NodeRow, Observed
from telemetry.sums import added, added_shares

MOST = 2_000
OTHERS = str(ServiceId("", NO_NAMESPACE, "others"))
_TRACES = 5
_IDENTITIES = 5


def bounded(observed: Observed, most: int = MOST) -> Observed:
    """At most `most` nodes, OTHERS among them if it was needed. Kept are those with most requests, received and made;
    of equals those that are first by name."""
    if len(observed.nodes) <= most:
        return observed
    requests: defaultdict[str, float] = defaultdict(float)
    for node in observed.nodes:
        requests[node.id] += node.counts.requests
    for edge in observed.edges:
        requests[edge.source] += edge.counts.requests
    names = sorted(node.id for node in observed.nodes if node.id != OTHERS)
    kept = set(nlargest(most - 1, names, key=requests.__getitem__))
    quiet = [node for node in observed.nodes if node.id not in kept]
    nodes = [node for node in observed.nodes if node.id in kept]
    edges = _folded(observed.edges, kept)
    return Observed(observed.window, (*nodes, _together(quiet, most)), edges)


def _together(quiet: list[NodeRow], most: int) -> NodeRow:
    requests = [node.last_request for node in quiet if node.last_request is not None]
    return NodeRow(
        id=OTHERS,
        kind="service",
        counts=added(node.counts for node in quiet),
        last_request=max(requests, default=None),
        failing_traces=_first(trace for node in quiet for trace in node.failing_traces),
        warning=f"{len(quiet):,} quieter services are shown as one: more than {most:,} would not be readable.",
    )


def _folded(edges: Iterable[EdgeRow], kept: set[str]) -> tuple[EdgeRow, ...]:
    """One edge a pair, as before."""
    pairs: defaultdict[tuple[str, str], list[EdgeRow]] = defaultdict(list)
    for edge in edges:
        ends = (edge.source if edge.source in kept else OTHERS, edge.target if edge.target in kept else OTHERS)
        pairs[ends].append(edge)
    return tuple(
        rows[0] if len(rows) == 1 and OTHERS not in pair else _edge(*pair, rows) for pair, rows in pairs.items()
    )


def _edge(source: str, target: str, rows: list[EdgeRow]) -> EdgeRow:
    first = max(rows, key=lambda row: (row.protocol != "tcp", row.counts.requests))
    protocols = dict.fromkeys([first.protocol, *(name for row in rows for name in row.protocols or (row.protocol,))])
    return replace(
        first,
        source=source,
        target=target,
        protocols=tuple(protocols),
        counts=added(row.counts for row in rows),
        callee=added(row.callee for row in rows),
        evidence=tuple(sorted({name for row in rows for name in row.evidence})),
        failing_traces=_first(trace for row in rows for trace in row.failing_traces),
        source_identities=_identities(row.source_identities for row in rows),
        target_identities=_identities(row.target_identities for row in rows),
        # Versions of several services have nothing in common but their names.
        shares=() if target == OTHERS else added_shares(row.shares for row in rows),
    )


def _first(traces: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(traces))[:_TRACES]


def _identities(of_rows: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({identity for row in of_rows for identity in row}))[:_IDENTITIES]
