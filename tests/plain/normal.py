"""The slow, obvious twin of the views that fill `spans`: one OTLP span and its resource → one row in normal form."""

import re
import struct
from dataclasses import dataclass

from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.plain import outcome_text, owner, peer, role
from tests.plain.attributes import Texts, first, texts

BACK_NS = (2 * 24 - 1) * 3600 * 10**9
AHEAD_NS = 600 * 10**9
MOST_WEIGHT = 1e6


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


def normal(span: Span, resource: Resource, *, received: int, spool: int = 0, segment: int = 0) -> NormalSpan:
    """`received` in Unix ns."""
    a, r = texts(span.attributes), texts(resource.attributes)
    start, end = span.start_time_unix_nano, span.end_time_unix_nano
    late = start > received + AHEAD_NS or start + BACK_NS < received
    kind = span.kind if 0 <= span.kind <= 5 else 0
    status = span.status.code if 0 <= span.status.code <= 2 else 0
    who = owner.of(a, r)
    part = role.of(span.name, kind, a, r, who, root=not any(span.parent_span_id[:8]))
    protocol = role.protocol(kind, a)
    code = outcome_text.http(a)
    other = peer.of(part.role, a, who.name)
    return NormalSpan(
        bucket=(received if late else start) // 10**10 * 10,
        ts=min(start, 2**63 - 1),
        duration=end - start if end > start > 0 else 0,
        late=late,
        trace_id=span.trace_id[:16].ljust(16, b"\0"),
        span_id=int.from_bytes(span.span_id[:8], "little"),
        parent_id=int.from_bytes(span.parent_span_id[:8], "little"),
        node=who.node,
        version=who.version,
        instance=who.instance,
        role=part.role,
        proxy=part.envoy or part.linkerd,
        gateway=part.gateway,
        kind=kind,
        name=span.name,
        operation=operation(span.name, a, part.linkerd),
        protocol=protocol,
        status=status,
        status_message=span.status.message,
        code=code,
        grpc=outcome_text.grpc(a, protocol, code),
        flags=outcome_text.flags(a),
        arrived=outcome_text.arrived(a, part.role, code) if part.envoy or part.linkerd else -1,
        peer=other.name,
        peer_ns=other.namespace,
        peer_kind=other.kind,
        tls=tls(a, part),
        weight=weight(span.trace_state, a),
        spool=spool,
        segment=segment,
    )


def operation(name: str, a: Texts, linkerd: bool) -> str:
    """What pages call the operation: the most telling that the span has."""
    does, destination = first(a, "messaging.operation.type", "messaging.operation"), role.destination(a)
    if does and destination:
        return f"{does} {destination}"
    query = first(a, "db.operation.name", "db.operation")
    if query:
        table = first(a, "db.collection.name", "db.sql.table", "db.mongodb.collection", "db.cassandra.table")
        return f"{query} {table}" if table else query
    method, service = a.get("rpc.method", ""), a.get("rpc.service", "")
    if "/" in method:
        return method.lstrip("/")
    if method and service:
        return f"{service}/{method}"
    if a.get("grpc.path"):
        return a["grpc.path"].lstrip("/")
    verb, route = first(a, "http.request.method", "http.method"), a.get("http.route", "")
    if route:
        return f"{verb} {route}" if verb else route
    # A Linkerd span's name is the raw path.
    return verb if linkerd and verb else name


def tls(a: Texts, part: role.Part) -> str:
    """Only a peer's URI name proves mutual TLS; `-` says plaintext; an absent tag says nothing."""
    if part.linkerd:
        return {"true": "mutual", "no_identity": "plain", "disabled": "plain"}.get(a.get("tls", ""), "unknown")
    if not part.envoy or part.role == "local":
        return "unknown"
    stream = "downstream" if part.role == "in" else "upstream"
    if a.get(f"{stream}_peer_uri_san", "") not in ("", "-"):
        return "mutual"
    return "plain" if a.get(f"{stream}_tls_version") == "-" else "unknown"


def weight(trace_state: str, a: Texts) -> float:
    """How many requests this span stands for, as a Float32: OpenTelemetry's `th` or `p`, or Jaeger's sampler tags."""
    members = [member.lstrip(" \t") for member in trace_state.split(",")]
    ot = next((member.removeprefix("ot=") for member in members if member.startswith("ot=")), "").split(";")
    thresholds = [entry[3:] for entry in ot if re.fullmatch("th:[0-9a-f]{1,14}", entry)]
    powers = [int(entry[2:]) for entry in ot if re.fullmatch("p:[0-9]{1,2}", entry)]
    stands_for = 1.0
    if thresholds:
        stands_for = 2**56 / (2**56 - int(thresholds[0].ljust(14, "0"), 16))
    elif powers:
        stands_for = 2.0 ** powers[0] if powers[0] < 63 else float(powers[0] > 63)
    elif a.get("sampler.type") == "probabilistic":
        chance = a.get("sampler.param", "")
        if re.fullmatch(r"[0-9]*[.]?[0-9]+(?:e-?[0-9]{1,2})?", chance) and 0 < float(chance) <= 1:
            stands_for = 1 / float(chance)
    as_float32: float = struct.unpack("f", struct.pack("f", min(MOST_WEIGHT, stands_for)))[0]
    return as_float32
