"""Span and Trace as the pure functions see them: what a sender said, read once; times in ns of the sender's clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Attributes = Mapping[str, Any]
"""Values are str, bool, int, float, bytes, None (a value set to nothing), lists and dicts of these."""

ERROR = "error"


@dataclass(frozen=True, slots=True)
class Event:
    at_ns: int
    name: str
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Link:
    """To a span of another trace, or of this one. Ids in hex."""

    trace_id: str
    span_id: str
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Span:
    """`span_id`, `parent_id`: 16 hex digits, parent None at a root; a Zipkin server may share its client's `span_id`.

    `node` is its owner's id, `role` its part (docs/architecture.md), `kind` OTLP's in lower case, `status` unset, ok or
    error; `code` and `grpc` are None if none was said; `copies` is how often it was sent."""

    span_id: str
    parent_id: str | None
    node: str
    role: str
    kind: str
    operation: str
    name: str
    start_ns: int
    duration_ns: int
    status: str = "unset"
    status_message: str = ""
    code: int | None = None
    grpc: int | None = None
    flags: tuple[str, ...] = ()
    scope: str = ""
    trace_state: str = ""
    attributes: Attributes = field(default_factory=dict)
    resource: Attributes = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    copies: int = 1

    @property
    def end_ns(self) -> int:
        return self.start_ns + self.duration_ns

    @property
    def failed(self) -> bool:
        """It says so, or answered with a server's fault."""
        return self.status == ERROR or (self.code or 0) >= 500


@dataclass(frozen=True, slots=True)
class TraceWarning:
    """What is odd about a trace, in a sentence. `kind` as in api.md."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Spans in order of start, each once. `parents[i]` is the index of span i's parent or None; `self_ns[i]` is what is
    left of span i without its children. `root` is an index."""

    trace_id: str
    spans: tuple[Span, ...]
    parents: tuple[int | None, ...]
    self_ns: tuple[int, ...]
    root: int
    warnings: tuple[TraceWarning, ...] = ()

    @property
    def start_ns(self) -> int:
        return min(span.start_ns for span in self.spans)

    @property
    def duration_ns(self) -> int:
        return max(span.end_ns for span in self.spans) - self.start_ns

    @property
    def services(self) -> tuple[str, ...]:
        """Owners, in the order they were first entered."""
        return tuple(dict.fromkeys(span.node for span in self.spans))

    @property
    def failed(self) -> bool:
        """Its first request did; a failure that a retry made good does not count."""
        return self.spans[self.root].failed
