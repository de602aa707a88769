"""The slow, obvious twin of the view that fills `spans`: one OTLP span and its resource → one row in normal form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NormalSpan:
    """A row of `spans` as docs/architecture.md has it, less what is only kept whole (attributes, events, links).

    Times are integers: `bucket` Unix seconds, `ts` Unix nanoseconds. `span_id` and `parent_id` are the 8 bytes read
    little-endian, as reinterpretAsUInt64 does. `peer` is a name as its sender wrote it, not yet part of an id.
    """

    bucket: int
    ts: int
    duration: int
    late: bool
    trace_id: bytes
    span_id: int
    parent_id: int
    node: str
    version: str = ""
    instance: str = ""
    role: str = "local"
    proxy: bool = False
    gateway: bool = False
    kind: int = 0
    name: str = ""
    operation: str = ""
    protocol: str = ""
    status: int = 0
    status_message: str = ""
    code: int = 0
    grpc: int = -1
    flags: str = ""
    arrived: int = -1
    peer: str = ""
    peer_ns: str = ""
    peer_kind: str = "none"
    tls: str = "unknown"
    weight: float = 1.0
    spool: int = 0
    segment: int = 0
