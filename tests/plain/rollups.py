"""The slow, obvious twin of the roll-up tables: calls → rows by key, counts only."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.plain.edges import Call


@dataclass
class Row:
    """What one row of a roll-up says."""

    requests: float = 0.0
    failures: float = 0.0
    cancelled: float = 0.0
    client_errors: float = 0.0
    denied: float = 0.0
    attempts: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    latency: Counter[int] = field(default_factory=Counter)
    callee_requests: float = 0.0
    callee_failures: float = 0.0
    callee_latency: Counter[int] = field(default_factory=Counter)
    mutual_tls: float | None = None
    reached: float = 0.0
    kinds: tuple[str, ...] = ()
    last_request: int = 0
    failing: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def failing_traces(self) -> list[bytes]:
        """The newest five failures' traces, each once."""
        return list(dict.fromkeys(trace for _, trace in sorted(self.failing)[:5]))

    def add(self, weight: float, verdict: str, code: str, flags: Iterable[str], latency: int | None) -> None:
        self.requests += weight
        self.failures += weight * (verdict == "error")
        self.cancelled += weight * (verdict == "cancelled")
        self.client_errors += weight * (verdict in ("client_error", "throttled", "denied"))
        self.denied += weight * (verdict == "denied")
        if code:
            self.codes[code] += weight
        for flag in flags:
            self.flags[flag] += weight
        if latency is not None:
            self.latency[latency] += weight

    def name(self, kinds: tuple[str, ...]) -> None:
        """Where calls disagree what an end is, the last name by the alphabet stands."""
        self.kinds = tuple(map(max, self.kinds, kinds)) if self.kinds else kinds

    def fail(self, call: Call) -> None:
        self.failing.append((-call.ts, call.trace_id))


Rows = dict[tuple[object, ...], Row]


def edges(calls: Iterable[Call]) -> Rows:
    rows: Rows = defaultdict(Row)
    for c in calls:
        if not c.edge:
            continue
        row = rows[c.bucket, c.source, c.target, c.protocol]
        row.name((c.source_kind, c.target_kind))
        row.attempts += c.weight
        if c.last:
            row.add(c.weight, c.edge_class, c.edge_code, c.edge_flags, c.edge_bin)
            row.reached += c.weight * c.reached
            if c.reached and c.tls != "unknown":
                row.mutual_tls = (row.mutual_tls or 0.0) + c.weight * (c.tls == "mutual")
            if c.edge_class == "error":
                row.fail(c)
        if c.answered:
            row.callee_requests += c.weight
            row.callee_failures += c.weight * (c.callee_class == "error")
            if c.node_bin is not None:
                row.callee_latency[c.node_bin] += c.weight
    return dict(rows)


def node_class(c: Call) -> str:
    """The caller's word that the server failed counts at the node too."""
    return "error" if c.last and c.edge_class == "error" else c.callee_class


def _failed(c: Call) -> str:
    """All that a part or an operation keeps of the class."""
    return "error" if node_class(c) == "error" else "ok"


def nodes(calls: Iterable[Call]) -> Rows:
    rows: Rows = defaultdict(Row)
    for c in calls:
        if not c.node:
            continue
        row = rows[c.bucket, c.target]
        row.name((c.target_kind,))
        row.add(c.weight, node_class(c), c.node_code, c.node_flags, c.node_bin)
        row.last_request = max(row.last_request, c.ts)
        if node_class(c) == "error":
            row.fail(c)
    return dict(rows)


def parts(calls: Iterable[Call]) -> Rows:
    rows: Rows = defaultdict(Row)
    for c in calls:
        if c.node and c.target_kind in ("service", "gateway"):
            row = rows[c.bucket, c.target, c.source, c.version, c.instance]
            row.add(c.weight, _failed(c), "", (), c.node_bin)
    return dict(rows)


def operations(calls: Iterable[Call]) -> Rows:
    rows: Rows = defaultdict(Row)
    for c in calls:
        if c.node and c.answered and c.operation:
            rows[c.bucket, c.target, c.operation].add(c.weight, _failed(c), "", (), c.node_bin)
    return dict(rows)
