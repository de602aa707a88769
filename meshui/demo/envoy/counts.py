"""Every call as its caller saw it end: the truth that a graph can be held against."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

NO_ANSWER = "none"
_FAILING_GRPC = {"grpc:2", "grpc:4", "grpc:12", "grpc:13", "grpc:14", "grpc:15"}
Call = tuple[str, str, str]


@dataclass(slots=True)
class Counts:
    """How often (source, target, outcome) happened. Outcomes: `200`, `grpc:14`, `ok` and `fail` of TCP, `none`."""

    calls: Counter[Call] = field(default_factory=Counter)

    def add(self, source: str, target: str, outcome: str) -> None:
        self.calls[source, target, outcome] += 1

    def taken(self) -> list[tuple[str, str, str, int]]:
        """What came since the last time, for a process that keeps the sum."""
        taken = [(*call, n) for call, n in self.calls.items()]
        self.calls.clear()
        return taken

    def take(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        for source, target, outcome, n in rows:
            self.calls[source, target, outcome] += n

    def edges(self) -> dict[str, dict[str, int]]:
        """Outcomes by edge, as the graph names edges."""
        edges: dict[str, dict[str, int]] = {}
        for (source, target, outcome), n in sorted(self.calls.items()):
            edges.setdefault(f"{source}→{target}", {})[outcome] = n
        return edges


def failed(outcome: str) -> bool:
    """The server's or a proxy's fault: 5xx, no answer, a broken connection, gRPC's own."""
    return outcome in {NO_ANSWER, "fail", *_FAILING_GRPC} or (outcome.isdigit() and int(outcome) >= 500)
