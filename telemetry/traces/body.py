"""A trace as `GET /api/v1/traces/{id}` says it (api.md). Pure.

Beyond api.md (docs/interface.md): of a trace `complete`, `flag_notes` (each response flag of its spans once, in words)
and `logs` (access-log records of spans that are not here); of a span `parent`, `name`, `role`, `scope`, `version`,
`instance`, `proxy`, `late`, `code`, `grpc`, `trace_state` and `logs`. Offsets are after the correction of clocks."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from telemetry.publish.flags import flag_notes
from telemetry.span import Attributes, Record, Trace
from telemetry.traces.critical_path import Part, critical_path
from telemetry.traces.fold import folded_into
from telemetry.traces.origin import origin
from telemetry.traces.slowest import slowest
from telemetry.traces.uncollected import uncollected

_EXACT = 2**53
_BROKEN = frozenset({"incomplete", "missing_parent"})


@uncollected()
def trace_json(trace: Trace) -> dict[str, Any]:
    """The body: spans in order of start; a parent that is not here is `parent_span_id` all the same, `parent` is the
    place in `spans` of the one it is drawn under."""
    spans, start = trace.spans, trace.start_ns
    path = critical_path(trace)
    critical = {part.index for part in path if not part.waiting}
    resources: dict[int, dict[str, Any]] = {}
    began, most = origin(trace), slowest(trace, path)
    return {
        "trace_id": trace.trace_id,
        "start": time_text(start),
        "duration_ms": trace.duration_ns / 1e6,
        "root_span_id": spans[trace.root].span_id,
        "status": "error" if trace.failed else "ok",
        "complete": not any(warning.kind in _BROKEN for warning in trace.warnings),
        "services": list(trace.services),
        "origin": began
        and {"span": spans[began.index].span_id, "service": spans[began.index].node, "text": began.text},
        "slowest": most and {"span": spans[most.index].span_id, "self_ms": most.ns / 1e6, "text": most.text},
        "flag_notes": flag_notes(flag for span in spans for flag in span.flags),
        "warnings": [{"kind": warning.kind, "text": warning.text} for warning in trace.warnings],
        "logs": [_record(record, start) for record in trace.records],
        "spans": [
            _span(trace, index, index in critical, None if into is None else spans[into].span_id, resources)
            for index, into in enumerate(folded_into(trace))
        ],
    }


def path_json(trace: Trace) -> dict[str, Any]:
    """`GET /api/v1/traces/{id}/critical-path`: disjoint parts in order of time that add up to the trace's duration.

    Beyond api.md `waiting`: nothing ran, the span that is named came next."""
    whole = trace.duration_ns
    items = [_part(trace, part, whole) for part in critical_path(trace)]
    return {
        "trace_id": trace.trace_id,
        "duration_ms": whole / 1e6,
        "items": [item for item in items if item["to_offset_us"] > item["from_offset_us"]],
    }


def _part(trace: Trace, part: Part, whole_ns: int) -> dict[str, Any]:
    span = trace.spans[part.index]
    return {
        "span_id": span.span_id,
        "service": span.node,
        "operation": span.operation,
        "from_offset_us": part.from_ns // 1000,
        "to_offset_us": part.to_ns // 1000,
        "share": part.ns / whole_ns,
        "waiting": part.waiting,
    }


def _span(
    trace: Trace, index: int, critical: bool, folded_into: str | None, resources: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    span, at_ns, start_ns = trace.spans[index], trace.starts_ns[index], trace.start_ns
    skew_ns = at_ns - span.start_ns
    # Thousands of spans share one resource.
    resource = resources.get(id(span.resource))
    if resource is None:
        resource = resources[id(span.resource)] = _attributes(span.resource)
    return {
        "span_id": span.span_id,
        "parent_span_id": span.parent_id,
        "parent": trace.parents[index],
        "service": span.node,
        "version": span.version,
        "instance": span.instance,
        "operation": span.operation,
        "name": span.name,
        "kind": span.kind,
        "role": span.role,
        "proxy": span.proxy,
        "scope": span.scope,
        "start_offset_us": (at_ns - start_ns) // 1000,
        "duration_us": span.duration_ns // 1000,
        "self_us": trace.self_ns[index] // 1000,
        "status": span.status,
        "status_message": span.status_message,
        "code": span.code,
        "grpc": span.grpc,
        "trace_state": span.trace_state,
        "attributes": _attributes(span.attributes),
        "resource": resource,
        "events": [
            {"offset_us": (e.at_ns - span.start_ns) // 1000, "name": e.name, "attributes": _attributes(e.attributes)}
            for e in span.events
        ],
        "links": [
            {"trace_id": to.trace_id, "span_id": to.span_id, "attributes": _attributes(to.attributes)}
            for to in span.links
        ],
        "logs": [_record(record, start_ns - skew_ns) for record in span.logs],
        "flags": list(span.flags),
        "critical": critical,
        "folded_into": folded_into,
        "late": span.late,
        "skew_us": skew_ns // 1000,
    }


def _attributes(said: Attributes) -> dict[str, Any]:
    return {key: value if type(value) is str else plain(value) for key, value in said.items()}


def _record(record: Record, start_ns: int) -> dict[str, Any]:
    """One access-log record; `offset_us` from the trace's start, moved with its span."""
    return {
        "span_id": record.span_id,
        "service": record.node,
        "role": record.role,
        "offset_us": (record.at_ns - start_ns) // 1000,
        "duration_us": None if record.duration_ns is None else record.duration_ns // 1000,
        "operation": record.operation,
        "peer": record.peer,
        "cluster": record.cluster,
        "protocol": record.protocol,
        "code": record.code,
        "grpc": record.grpc,
        "flags": list(record.flags),
        "details": record.details,
        "arrived": None if record.arrived < 0 else bool(record.arrived),
        "attempts": record.attempts,
        "tls": record.tls,
        "own_identity": record.own_identity,
        "peer_identity": record.peer_identity,
        "bytes_in": record.bytes_in,
        "bytes_out": record.bytes_out,
        "request_id": record.request_id,
    }


def time_text(ns: int) -> str:
    """RFC 3339 in UTC, of Unix ns. Cut to ms, not rounded: the start must not lie after the first span."""
    at = datetime.fromtimestamp(ns // 1_000_000_000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ns // 1_000_000 % 1000:03d}Z"


def plain(value: Any) -> Any:
    """An attribute's value as JSON, as OTLP/JSON has it: bytes in base64; as text, integers that a browser would
    round and floats that are no numbers."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124
    return str(value) if isinstance(value, int) and abs(value) >= _EXACT else value
