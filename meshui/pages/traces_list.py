"""Traces of a list as a person reads them: how the request ended, where it failed and what was said there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from meshui.pages.words import plural
from telemetry.engine.engine import Engine
from telemetry.graph.element import Health
from telemetry.span import Trace
from telemetry.traces.load_many import traces as load_many
from telemetry.traces.origin import origin
from telemetry.traces.outline import failed
from telemetry.traces.summary import Summary
from telemetry.traces.telling import Telling, happened
from telemetry.traces.tree import children_of

MOST_READ = 5_000
"""Spans that are read in all to say what was asked and where it failed: 0.1 s of CPU. Traces beyond keep the words of
their list: the root's operation, and how many spans failed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row. `failed_at` and `version`: whose span it began at, empty where nothing failed or it was not read."""

    trace_id: str
    start: datetime
    health: Health
    service: str
    operation: str
    took_ms: float
    spans: int
    services: int
    complete: bool
    failed_at: str = ""
    version: str = ""
    said: str = ""
    span: str = ""

    @property
    def href(self) -> str:
        """The trace, at the span where it failed."""
        return f"/traces/{self.trace_id}/" + (f"?span={self.span}" if self.span else "")


def lines(engine: Engine, items: Sequence[Summary], timeout_s: float = 2.0) -> list[Line]:
    """In their order. Raises EngineError."""
    read = {item.trace_id: item.start_ns for item in _few(items)}
    told = {trace.trace_id: trace for trace in load_many(engine, read, timeout_s)}
    return [_line(item, told.get(item.trace_id)) for item in items]


def _few(items: Sequence[Summary]) -> Iterator[Summary]:
    """Those with errors before the others, each in order, as long as they have few spans."""
    left = MOST_READ
    for item in sorted(items, key=lambda item: not item.errors):
        if item.spans <= left:
            left -= item.spans
            yield item


def _line(item: Summary, trace: Trace | None) -> Line:
    where = {} if trace is None else _where(trace)
    if item.errors and not where:
        where = {"said": f"{plural(item.errors, 'span')} failed"}
    return Line(
        trace_id=item.trace_id,
        start=datetime.fromtimestamp(item.start_ns / 1e9, UTC),
        health=_health(item, trace),
        service=item.root_service,
        operation=item.root_operation if trace is None else _telling(trace).asked(trace.root),
        took_ms=item.duration_ns / 1e6,
        spans=item.spans,
        services=len(item.services),
        complete=item.complete,
        **where,
    )


def _where(trace: Trace) -> dict[str, str]:
    """Where it failed and what was said there, empty if nothing did."""
    began = origin(trace)
    if began is None:
        return {}
    span = trace.spans[began.index]
    return {
        "failed_at": span.node,
        "version": span.version,
        "said": _said(trace, began.index),
        "span": span.span_id,
    }


def _telling(trace: Trace) -> Telling:
    return Telling(trace, children_of(trace.parents))


def _health(item: Summary, trace: Trace | None) -> Health:
    """What failed below and was made good is no failed request."""
    if not item.errors:
        return Health.HEALTHY
    made_good = trace is not None and not failed(trace.spans[trace.root])
    return Health.DEGRADED if made_good else Health.FAILING


def _said(trace: Trace, index: int) -> str:
    """`503 no healthy host was left in the cluster (UH)`, or the sender's own words."""
    say, span = _telling(trace), trace.spans[index]
    told = ", ".join(happened(flag) for flag in span.flags) or say.told(index)
    return " ".join(filter(None, (say.ended(index), told))) or "failed"
