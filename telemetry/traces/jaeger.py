"""A trace as Jaeger's query API says it: what Jaeger's own UI, Grafana's Jaeger data source and Kiali read. Pure.

Services are called as the asker calls them (`Names`): Kiali keeps only the spans of processes that have the very name
it asked for. Times are µs, with clocks corrected unless `raw`. Ids are unique within the answer and no span is its own
ancestor, since readers loop over such trees for ever."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from enum import Enum
from hashlib import blake2b
from typing import Any

import orjson

from telemetry.identity import NO_NAMESPACE, ServiceId
from telemetry.span import Event, Span, Trace
from telemetry.traces.body import plain

Tag = dict[str, Any]

_SAMPLED = 1
# JavaScript rounds integers beyond this, so they go as text, as Jaeger sends them.
_EXACT = 2**53


class Names(Enum):
    """How a service is called: `shop/cart`, `cart.shop` or `cart`. A node of another cluster keeps its id."""

    ID = "id"
    DOTTED = "dotted"
    BARE = "bare"

    def of(self, node: str) -> str:
        """The name of a node."""
        try:
            service = ServiceId.parse(node)
        except ValueError:
            return node
        if self is Names.ID or service.cluster:
            return node
        bare = self is Names.BARE or service.namespace == NO_NAMESPACE
        return service.name if bare else f"{service.name}.{service.namespace}"


def trace_json(trace: Trace, names: Names = Names.ID, *, raw: bool = False) -> dict[str, Any]:
    """One element of `data`."""
    ids, processes = _ids(trace), _Processes(names)
    here = {span.span_id for span in trace.spans}
    spans = [
        {
            "traceID": trace.trace_id,
            "spanID": ids[index],
            "flags": _SAMPLED,
            "operationName": span.name,
            "references": _references(trace, index, ids, here),
            "startTime": (span.start_ns if raw else trace.starts_ns[index]) // 1000,
            "duration": span.duration_ns // 1000,
            "tags": _span_tags(span),
            "logs": [_log(event, 0 if raw else trace.starts_ns[index] - span.start_ns) for event in span.events],
            "processID": processes.id_of(span),
            "warnings": _warnings(trace, index, here, raw=raw) or None,
        }
        for index, span in enumerate(trace.spans)
    ]
    said = [warning.text for warning in trace.warnings if not (raw and warning.kind == "clock_skew")]
    return {"traceID": trace.trace_id, "spans": spans, "processes": processes.said, "warnings": said or None}


def _ids(trace: Trace) -> list[str]:
    """Every span's id; where a server shares its client's (Zipkin), or two owners chose the same, the later gets one
    of its own, the same each time."""
    ids: list[str] = []
    taken: set[str] = set()
    for span in trace.spans:
        mine, tries = span.span_id, 0
        while mine in taken:
            tries += 1
            mine = blake2b(f"{span.span_id} {span.node} {span.role} {tries}".encode(), digest_size=8).hexdigest()
        taken.add(mine)
        ids.append(mine)
    return ids


def _references(trace: Trace, index: int, ids: Sequence[str], here: set[str]) -> list[dict[str, str]]:
    span, parent = trace.spans[index], trace.parents[index]
    found: list[dict[str, str]] = []
    above = ids[parent] if parent is not None else span.parent_id
    if above is not None and (parent is not None or above not in here):
        found.append({"refType": "CHILD_OF", "traceID": trace.trace_id, "spanID": above})
    found += [{"refType": "FOLLOWS_FROM", "traceID": to.trace_id, "spanID": to.span_id} for to in span.links]
    return found


def _warnings(trace: Trace, index: int, here: set[str], *, raw: bool) -> list[str]:
    span, parent = trace.spans[index], trace.parents[index]
    said = []
    if parent is None and span.parent_id is not None:
        broken = span.parent_id in here
        said.append("It is its own ancestor; shown as a root." if broken else "Its parent has not arrived.")
    moved = (trace.starts_ns[index] - span.start_ns) / 1e6
    if moved and not raw:
        said.append(f"Its clock was moved by {moved:+.3f} ms to fit its callers.")
    return said


def _span_tags(span: Span) -> list[Tag]:
    """As sent, and what OTLP has fields for as the tags that readers know, unless the sender said these itself."""
    said = [tag(key, value) for key, value in span.attributes.items()]
    return said + [tag(key, value) for key, value in _meaning(span) if key not in span.attributes]


def _meaning(span: Span) -> Iterator[tuple[str, Any]]:
    if span.kind != "unspecified":
        yield "span.kind", span.kind
    if span.status != "unset":
        yield "otel.status_code", span.status.upper()
    if span.status_message:
        yield "otel.status_description", span.status_message
    if span.failed:
        yield "error", True
    if span.scope:
        yield "otel.scope.name", span.scope
    if span.trace_state:
        yield "w3c.tracestate", span.trace_state


def _log(event: Event, moved_ns: int) -> dict[str, Any]:
    fields = [tag("event", event.name)] if event.name else []
    fields += [tag(key, value) for key, value in event.attributes.items()]
    return {"timestamp": (event.at_ns + moved_ns) // 1000, "fields": fields}


class _Processes:
    """The senders of a trace's spans, by the ids that the spans name."""

    def __init__(self, names: Names) -> None:
        self.said: dict[str, dict[str, Any]] = {}
        self._names = names
        self._ids: dict[tuple[str, str, int], str] = {}

    def id_of(self, span: Span) -> str:
        # Spans of one sender share the dict of its resource, and live as long as this.
        key = (span.node, span.instance, id(span.resource) if span.resource else 0)
        if key not in self._ids:
            mine = self._ids[key] = f"p{len(self._ids) + 1}"
            self.said[mine] = {"serviceName": self._names.of(span.node), "tags": _process_tags(span)}
        return self._ids[key]


def _process_tags(span: Span) -> list[Tag]:
    """The resource but for the name. `hostname` is where Kiali looks for the pod."""
    said = [tag(key, value) for key, value in span.resource.items() if key != "service.name"]
    if span.instance and "hostname" not in span.resource:
        said.append(tag("hostname", span.instance))
    return said


def tag(key: str, value: Any) -> Tag:
    """A key, its value and type: string, bool, int64, float64 or binary (base64). Lists and maps are JSON text."""
    kind, said = "string", value
    if isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, int):
        kind, said = "int64", value if abs(value) < _EXACT else str(value)
    elif isinstance(value, float):
        kind, said = "float64", plain(value)
    elif isinstance(value, bytes):
        kind, said = "binary", b64encode(value).decode()
    elif not isinstance(value, str):
        said = "" if value is None else orjson.dumps(plain(value)).decode()
    return {"key": key, "type": kind, "value": said}
