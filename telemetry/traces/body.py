"""A trace as `GET /api/v1/traces/{id}` says it (api.md). Pure.

`flag_notes` beyond api.md: each response flag of its spans once, in words.
`origin` and `slowest` are null, `critical` false, `folded_into` null and `skew_us` 0: not worked out yet."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from telemetry.publish.flags import flag_notes
from telemetry.span import Span, Trace

_EXACT = 2**53


def trace_json(trace: Trace) -> dict[str, Any]:
    """The body: spans in order of start; a parent that is not here is `parent_span_id` all the same."""
    start = trace.start_ns
    return {
        "trace_id": trace.trace_id,
        "start": _time(start),
        "duration_ms": trace.duration_ns / 1e6,
        "root_span_id": trace.spans[trace.root].span_id,
        "status": "error" if trace.failed else "ok",
        "services": list(trace.services),
        "origin": None,
        "slowest": None,
        "flag_notes": flag_notes(flag for span in trace.spans for flag in span.flags),
        "warnings": [{"kind": warning.kind, "text": warning.text} for warning in trace.warnings],
        "spans": [_span(span, start, own) for span, own in zip(trace.spans, trace.self_ns, strict=True)],
    }


def _span(span: Span, start_ns: int, self_ns: int) -> dict[str, Any]:
    return {
        "span_id": span.span_id,
        "parent_span_id": span.parent_id,
        "service": span.node,
        "operation": span.operation,
        "name": span.name,
        "kind": span.kind,
        "role": span.role,
        "scope": span.scope,
        "start_offset_us": (span.start_ns - start_ns) // 1000,
        "duration_us": span.duration_ns // 1000,
        "self_us": self_ns // 1000,
        "status": span.status,
        "status_message": span.status_message,
        "trace_state": span.trace_state,
        "attributes": plain(span.attributes),
        "resource": plain(span.resource),
        "events": [
            {"offset_us": (e.at_ns - span.start_ns) // 1000, "name": e.name, "attributes": plain(e.attributes)}
            for e in span.events
        ],
        "links": [
            {"trace_id": to.trace_id, "span_id": to.span_id, "attributes": plain(to.attributes)} for to in span.links
        ],
        "critical": False,
        "folded_into": None,
        "flags": list(span.flags),
        "skew_us": 0,
    }


def _time(ns: int) -> str:
    # Cut, not rounded: the start must not lie after the first span.
    at = datetime.fromtimestamp(ns // 1_000_000_000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ns // 1_000_000 % 1000:03d}Z"


def plain(value: Any) -> Any:
    """An attribute's value as JSON, as OTLP/JSON has it: bytes in base64; as text, integers that a browser would
    round and floats that are no numbers."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124
    return str(value) if isinstance(value, int) and abs(value) >= _EXACT else value
