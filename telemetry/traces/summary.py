"""What a list says of a trace: its root, how long it took, its services, what failed and what matched."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from telemetry.engine.engine import Row
from telemetry.traces.asking import Question

_HOUR_NS = 3_600_000_000_000
_AROUND_NS = _HOUR_NS // 2
MATCHED = 100
"""Most matching spans that are named of a trace's service."""


@dataclass(frozen=True, slots=True)
class ServicePart:
    id: str
    spans: int
    errors: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One trace of a list. `complete`: it has one root and every parent its spans name."""

    trace_id: str
    root_service: str
    root_operation: str
    start_ns: int
    duration_ns: int
    spans: int
    errors: int
    services: tuple[ServicePart, ...]
    matched: tuple[str, ...]
    complete: bool


def summaries(question: Question, near: Mapping[str, int], timeout_s: float) -> dict[str, Summary]:
    """By trace id, of the traces in `near`: each with an instant (Unix ns) within half an hour of all its spans."""
    if not near:
        return {}
    hours = sorted({hour for at in near.values() for hour in _hours(at)})
    rows = question.these(near).ask("summary", timeout_s=timeout_s, hours=hours)
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        parts[row["trace"]].append(row)
    return {trace: _summary(trace, of) for trace, of in parts.items()}


def _hours(at_ns: int) -> Iterable[datetime]:
    for end in (at_ns - _AROUND_NS, at_ns + _AROUND_NS):
        yield datetime.fromtimestamp(end // _HOUR_NS * 3600, UTC)


def _summary(trace: str, rows: list[Row]) -> Summary:
    root = min(rows, key=lambda row: tuple(row["first"]))
    began, ended = min(row["began"] for row in rows), max(row["ended"] for row in rows)
    by_entry = sorted(rows, key=lambda row: (row["began"], row["node"]))
    return Summary(
        trace_id=trace,
        root_service=root["node"],
        root_operation=root["first_operation"],
        start_ns=began,
        duration_ns=ended - began,
        spans=sum(row["spans"] for row in rows),
        errors=sum(row["errors"] for row in rows),
        services=tuple(ServicePart(row["node"], row["spans"], row["errors"]) for row in by_entry),
        matched=tuple(span for row in by_entry for span in dict.fromkeys(row["matched"])),
        complete=sum(row["roots"] for row in rows) == 1 and not any(row["orphans"] for row in rows),
    )
