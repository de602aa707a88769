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
class Record:
    """What an access log says of one request, in the words of `spans` (docs/senders/access-logs.md).

    `code`, `grpc`, `duration_ns`, `attempts` are None if none was said; `own` and `peer` are identities, bytes `in`
    came from the caller; `arrived` is 1 if the called host got it, 0 if not, -1 if nothing says."""

    span_id: str
    node: str
    role: str
    at_ns: int
    duration_ns: int | None = None
    operation: str = ""
    peer: str = ""
    cluster: str = ""
    protocol: str = ""
    code: int | None = None
    grpc: int | None = None
    flags: tuple[str, ...] = ()
    details: str = ""
    arrived: int = -1
    attempts: int | None = None
    tls: str = "unknown"
    own_identity: str = ""
    peer_identity: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """`span_id`, `parent_id`: 16 hex digits, parent None at a root; a Zipkin server may share its client's `span_id`.

    `node` is its owner's id, `role` its part (docs/architecture.md), `kind` OTLP's in lower case, `status` unset, ok or
    error; `code` and `grpc` are None if none was said; `copies` is how often it was sent; `proxy`: a proxy sent it,
    `gateway`: one that is its own owner; `peer` is who the other side is by the span's own words; `logs` are what
    access logs say of the same request."""

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
    version: str = ""
    instance: str = ""
    proxy: bool = False
    gateway: bool = False
    arrived: int = -1
    peer: str = ""
    late: bool = False
    logs: tuple[Record, ...] = ()

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
    """Spans in order of their corrected start, each once; every tuple is by their index.

    `parents[i]` is the index of span i's parent or None; `starts_ns[i]` is its start with its clock corrected, so that
    `starts_ns[i] - spans[i].start_ns` is how far it was moved (telemetry/traces/skew.py); `self_ns[i]` is what is left
    of it without its children. `root` is an index. `records` are access-log records of spans that are not here."""

    trace_id: str
    spans: tuple[Span, ...]
    parents: tuple[int | None, ...]
    starts_ns: tuple[int, ...]
    self_ns: tuple[int, ...]
    root: int
    warnings: tuple[TraceWarning, ...] = ()
    records: tuple[Record, ...] = ()

    @property
    def start_ns(self) -> int:
        return self.starts_ns[0]

    @property
    def duration_ns(self) -> int:
        """From the first start to the last end, both corrected."""
        ends = (start + span.duration_ns for start, span in zip(self.starts_ns, self.spans, strict=True))
        return max(ends) - self.start_ns

    @property
    def services(self) -> tuple[str, ...]:
        """Owners, in the order they were first entered."""
        return tuple(dict.fromkeys(span.node for span in self.spans))

    @property
    def failed(self) -> bool:
        """Its first request did; a failure that a retry made good does not count."""
        return self.spans[self.root].failed
