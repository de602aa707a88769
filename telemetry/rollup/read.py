"""What the roll-ups say of a window, ready for the graph: one row a node, one edge a pair."""

from datetime import UTC, datetime, timedelta
from itertools import groupby

from telemetry.engine.engine import Engine, Row
from telemetry.identity import UNKNOWN
from telemetry.observed import EdgeRow, NodeRow, Observed
from telemetry.rollup.question import ask
from telemetry.signals import Counts
from telemetry.sums import added
from telemetry.window import Window, bucket_of

IDLE = timedelta(hours=1)


def window(engine: Engine, window: Window) -> Observed:
    """Sums over the window's buckets. Nodes without a request in it whose last is within an hour come with zero counts;
    one that only calls others comes with its edges."""
    span = {"since": window.since, "until": window.until}
    rows = ask(engine, "window_edges", **span)
    edges = [_edge(list(of_pair)) for _, of_pair in groupby(rows, key=lambda row: (row["source"], row["target"]))]
    versions = {row["node"]: tuple(row["versions"]) for row in ask(engine, "window_versions", **span)}
    found = ask(engine, "window_nodes", idle=bucket_of(window.until - IDLE), **span)
    nodes = {row["node"]: _node(row, versions.get(row["node"], ())) for row in found}
    for row in rows:
        for end in ("source", "target"):
            nodes.setdefault(row[end], NodeRow(row[end], _kind(row, end), Counts()))
    return Observed(window, tuple(nodes[node] for node in sorted(nodes)), tuple(edges))


def _kind(row: Row, end: str) -> str:
    return "unknown" if row[end] == str(UNKNOWN) else str(row[f"{end}_kind"])


def _node(row: Row, versions: tuple[str, ...]) -> NodeRow:
    seconds, ns = divmod(int(row["last_request_ns"]), 1_000_000_000)
    last = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=ns // 1000)
    return NodeRow(row["node"], row["kind"], counts(row), versions, last, tuple(row["failing_traces"]))


def _edge(rows: list[Row]) -> EdgeRow:
    """One edge of a pair's rows by protocol. The protocol with most requests names it, TCP only if alone."""
    first = min(rows, key=lambda row: (row["protocol"] == "tcp", -row["requests"], row["protocol"]))
    traces = list(dict.fromkeys(trace for row in rows for trace in row["failing_traces"]))[:5]
    return EdgeRow(
        source=first["source"],
        target=first["target"],
        protocol=first["protocol"],
        counts=added(counts(row) for row in rows),
        callee=added(_callee(row) for row in rows),
        protocols=tuple(dict.fromkeys([first["protocol"], *(row["protocol"] for row in rows)])),
        evidence=tuple(sorted({name for row in rows for name in row["evidence"]})),
        failing_traces=tuple(traces),
    )


def _callee(row: Row) -> Counts:
    return Counts(
        requests=row["callee_requests"], failures=row["callee_failures"], latency=_bins(row["callee_latency"])
    )


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
    )


def _bins(column: dict[str, int]) -> dict[int, float]:
    return {int(index): count for index, count in column.items()}
