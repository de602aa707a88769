"""What the roll-ups say of a window, ready for the graph: one row a node, one edge a pair."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from telemetry.engine.engine import Engine, Row
from telemetry.evidence import Said, truth
from telemetry.identity import UNKNOWN
from telemetry.observed import EdgeRow, NodeRow, Observed, VersionShare
from telemetry.rollup.question import ask
from telemetry.signals import Counts
from telemetry.window import Window, bucket_of

IDLE = timedelta(hours=1)
# A counter may have covered its last bucket so long ago and still count (rules.md: at most 2 min), and a bucket.
_LONGEST_LAG = timedelta(seconds=130)
# Of so much of an unknown caller's requests others must name the caller, for it to be no caller of its own.
_NAMED_ELSEWHERE = 0.9
# A part of an edge's requests that know their version; fewer would pass for all of them.
_VERSIONS_TELL = 0.5
_ALONE = 1
Span = dict[str, Any]
_NO_LAGS: dict[str, Any] = {"pairs": [0], "nodes": [""], "lags": [0.0]}


def window(engine: Engine, window: Window) -> Observed:
    """Sums over the window's buckets. Nodes without a request in it whose last is within an hour come with zero counts;
    one that only calls others comes with its edges."""
    span = {"since": window.since, "until": window.until}
    early = bucket_of(window.since - _LONGEST_LAG)
    alone = not ask(engine, "window_speakers", since=early, until=window.until)[0]["others"]
    edges = _edge_rows(engine, span, early, alone=alone)
    nodes, ranks = _nodes(engine, span, early, alone=alone)
    edges = {pair: rows for pair, rows in edges.items() if not _is_ghost(pair, edges, ranks)}
    for rows in edges.values():
        for end in ("source", "target"):
            nodes.setdefault(rows[0][end], NodeRow(rows[0][end], _kind(rows, end), Counts()))
    shares, of_edge = _versions(engine, span)
    return Observed(
        window,
        tuple(_with_versions(nodes[node], shares.get(node, ())) for node in sorted(nodes)),
        tuple(_edge(rows, of_edge.get(pair, ())) for pair, rows in edges.items()),
    )


def _edge_rows(engine: Engine, span: Span, early: datetime, *, alone: bool) -> dict[tuple[str, str], list[Row]]:
    """By pair. `alone`: spans are all there is."""
    if alone:
        rows = ask(engine, "window_edges", _ALONE, **span)
    else:
        lags = _lags(ask(engine, "window_lags", early=early, **span), "pair", "pairs")
        rows = ask(engine, "window_edges", early=_early(span, lags), **span, **lags)
    return {pair: list(of_pair) for pair, of_pair in groupby(rows, key=lambda row: (row["source"], row["target"]))}


def _lags(rows: Sequence[Row], key: str, name: str) -> dict[str, Any]:
    if not rows:
        return _NO_LAGS
    return {name: [row[key] for row in rows], "lags": [float(row["lag"]) for row in rows]}


def _early(span: Span, lags: dict[str, Any]) -> datetime:
    return bucket_of(span["since"] - timedelta(seconds=max(lags["lags"])))


def _is_ghost(pair: tuple[str, str], edges: dict[tuple[str, str], list[Row]], ranks: dict[str, int]) -> bool:
    """Whether an unknown caller is one that other evidence names: what counts at the node knows no such caller, or
    others name the callers of as many requests."""
    source, target = pair
    if source != str(UNKNOWN):
        return False
    rank = min(row["rank"] for row in edges[pair])
    if rank > ranks.get(target, rank):
        return True
    worse = [row for (by, of), rows in edges.items() if of == target and by != source for row in rows]
    named = sum(row["requests"] for row in worse if row["counts"] and row["rank"] > rank)
    return bool(named >= _NAMED_ELSEWHERE * sum(row["requests"] for row in edges[pair] if row["counts"]) > 0)


def _nodes(engine: Engine, span: Span, early: datetime, *, alone: bool) -> tuple[dict[str, NodeRow], dict[str, int]]:
    """Nodes by id, and the rank of the evidence that counts at each."""
    if alone:
        rows = ask(engine, "window_nodes", _ALONE, **span)
    else:
        lags = _lags(ask(engine, "node_lags", early=early, **span), "node", "nodes")
        rows = ask(engine, "window_nodes", early=_early(span, lags), **span, **lags)
    found = {node: list(of_node) for node, of_node in groupby(rows, key=lambda row: row["node"])}
    ranks = {row["node"]: row["rank"] for row in reversed(rows) if row["counts"]}
    seen = ask(engine, "idle_nodes", idle=bucket_of(span["until"] - IDLE), until=span["until"])
    return {row["node"]: _node(row, found.get(row["node"], [])) for row in seen}, ranks


def _kind(rows: Sequence[Row], end: str) -> str:
    return "unknown" if rows[0][end] == str(UNKNOWN) else max(str(row[f"{end}_kind"]) for row in rows)


def _node(seen: Row, rows: list[Row]) -> NodeRow:
    seconds, ns = divmod(int(seen["last_request_ns"]), 1_000_000_000)
    last = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=ns // 1000)
    counts_ = truth([said(row) for row in rows]).counts if rows else Counts()
    return NodeRow(seen["node"], seen["kind"], counts_, last_request=last, failing_traces=_traces(rows))


def _edge(rows: list[Row], shares: tuple[VersionShare, ...]) -> EdgeRow:
    """One edge of a pair's rows by protocol and dialect."""
    told = truth([said(row) for row in rows])
    return EdgeRow(
        source=rows[0]["source"],
        target=rows[0]["target"],
        protocol=told.protocols[0],
        counts=told.counts,
        callee=told.callee,
        protocols=told.protocols,
        evidence=told.evidence,
        failing_traces=_traces(rows),
        source_identities=_all(rows, "source_identities"),
        target_identities=_all(rows, "target_identities"),
        shares=shares if sum(share.requests for share in shares) >= _VERSIONS_TELL * told.counts.requests else (),
    )


def said(row: Row) -> Said:
    """What a roll-up row of one dialect says."""
    callee = Counts()
    if row.get("callee_requests"):
        callee = Counts(
            requests=row["callee_requests"], failures=row["callee_failures"], latency=_bins(row["callee_latency"])
        )
    return Said(row["rank"], bool(row["counts"]), row.get("protocol", ""), counts(row), callee)


def _traces(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(trace for row in rows for trace in row["failing_traces"]))[:5]


def _all(rows: Sequence[Row], column: str) -> tuple[str, ...]:
    return tuple(sorted({value for row in rows for value in row[column]}))


def _versions(
    engine: Engine, span: Span
) -> tuple[dict[str, tuple[VersionShare, ...]], dict[tuple[str, str], tuple[VersionShare, ...]]]:
    """Of each node and of each edge by (source, target), newest version first."""
    of_node: dict[str, dict[str, VersionShare]] = defaultdict(dict)
    of_edge: dict[tuple[str, str], list[VersionShare]] = defaultdict(list)
    for row in ask(engine, "window_versions", **span):
        share = VersionShare(row["version"], row["requests"], row["failures"])
        known = of_node[row["node"]].get(share.version, VersionShare(share.version, 0.0, 0.0))
        of_node[row["node"]][share.version] = VersionShare(
            share.version, known.requests + share.requests, known.failures + share.failures
        )
        of_edge[row["source"], row["node"]].append(share)
    return {node: tuple(found.values()) for node, found in of_node.items()}, {k: tuple(v) for k, v in of_edge.items()}


def _with_versions(node: NodeRow, shares: tuple[VersionShare, ...]) -> NodeRow:
    return replace(node, versions=tuple(share.version for share in shares), shares=shares)


def counts(row: Row) -> Counts:
    """The columns of a roll-up row that counts are made of; what a table does not have stays unknown."""
    return Counts(
        requests=row["requests"],
        failures=row["failures"],
        cancelled=row["cancelled"],
        client_errors=row["client_errors"],
        denied=row["denied"],
        attempts=row.get("attempts"),
        codes=row["codes"],
        flags=row["flags"],
        latency=_bins(row["latency"]),
        mutual_tls=row.get("mutual_tls"),
        reached=row.get("reached"),
        bytes_in=row.get("bytes_in"),
        bytes_out=row.get("bytes_out"),
        connections=row.get("connections"),
        saturation=row.get("saturation"),
        retry_success=row.get("retry_success"),
        ejected=row.get("ejected"),
    )


def _bins(column: dict[str, int]) -> dict[int, float]:
    return {int(index): count for index, count in column.items()}
