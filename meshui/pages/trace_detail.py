"""What the detail panel of a span shows: its times, and all that its sender and access logs said of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson

from meshui.pages.words import ms, size
from telemetry.expression.tree import Comparison, Name, Operator, Value, text
from telemetry.publish.flags import flag_notes
from telemetry.span import Record, Span, Trace
from telemetry.traces.body import plain
from telemetry.traces.outline import FAILED

_LONGEST_SEARCHED = 400


def chosen(trace: Trace, drawn: dict[str, Any], index: int) -> dict[str, Any]:
    """The head of the panel, which the script writes itself once it runs."""
    span, columns = trace.spans[index], drawn["columns"]
    skew = columns["skew"][index]
    return {
        "span": span,
        "notes": flag_notes(span.flags),
        "failed": bool(columns["marks"][index] & FAILED),
        "origin": index == drawn["origin"],
        "word": drawn["words"][columns["word"][index]],
        "started": f"+{ms(columns['start'][index] / 1000)}",
        "took": ms(columns["duration"][index] / 1000),
        "own": ms(columns["own"][index] / 1000),
        "skew": f"{'+' if skew > 0 else '−'}{ms(abs(skew) / 1000)}" if skew else "",
    }


def said(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """What each of the spans with one id said; usually there is one."""
    return [_said(span) for span in spans]


def _said(span: Span) -> dict[str, Any]:
    return {
        "span": span,
        "attributes": _attributes(span.attributes),
        "resource": _attributes(span.resource),
        "events": [_event(span, one) for one in span.events],
        "links": [
            {"trace_id": one.trace_id, "span_id": one.span_id, "attributes": _attributes(one.attributes)}
            for one in span.links
        ],
        "logs": [
            {"notes": flag_notes(flag for flag in one.flags if flag not in span.flags), "facts": _facts(one)}
            for one in span.logs
        ],
        "like": _like(span),
    }


def _event(span: Span, event: Any) -> dict[str, Any]:
    after = (event.at_ns - span.start_ns) / 1e6
    return {
        "name": event.name,
        "at": f"{'+' if after >= 0 else '−'}{ms(abs(after))}",
        "attributes": _attributes(event.attributes, searched=False),
    }


def _attributes(given: Mapping[str, Any], *, searched: bool = True) -> list[dict[str, str]]:
    return [_attribute(key, given[key], searched=searched) for key in sorted(given)]


def _attribute(key: str, value: Any, *, searched: bool) -> dict[str, str]:
    simple = isinstance(value, str | bool | int | float)
    shown = written(value)
    found = {"key": key, "value": shown}
    if searched and simple and 0 < len(shown) <= _LONGEST_SEARCHED:
        found |= {"search": _search(key, "=", shown), "exclude": _search(key, "!=", shown)}
    return found


def written(value: Any) -> str:
    """A value as it is read: text as it is, all else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(plain(value)).decode()


def _search(key: str, operator: Operator, value: str) -> str:
    asked = Comparison(Name(key, quoted=True), operator, (Value(value, quoted=True),))
    return f"/traces/?{urlencode({'q': text(asked)})}"


def _like(span: Span) -> str:
    """Traces with a span of the same request that ended the same."""
    asked = {"service": span.node, "operation": span.operation}
    if span.flags:
        asked["flag"] = span.flags[0]
    elif span.failed:
        asked["status"] = "error"
    return f"/traces/?{urlencode(asked)}"


def _facts(record: Record) -> list[tuple[str, str]]:
    """What an access log says beyond its span, in the order one asks."""
    took = None if record.duration_ns is None else ms(record.duration_ns / 1e6)
    arrived = {1: "the called side got it", 0: "the called side never got it"}.get(record.arrived, "")
    named = [
        ("answer", str(record.code or "")),
        ("gRPC status", "" if record.grpc is None else str(record.grpc)),
        ("flags", ", ".join(record.flags)),
        ("why", record.details),
        ("took", took or ""),
        ("reached", arrived),
        ("tries", "" if record.attempts is None else str(record.attempts)),
        ("called", record.peer),
        ("cluster", record.cluster),
        ("protocol", record.protocol),
        ("TLS", {"mutual": "mutual TLS", "plain": "plaintext"}.get(record.tls, "")),
        ("own identity", record.own_identity),
        ("other's identity", record.peer_identity),
        ("received", size(record.bytes_in) if record.bytes_in else ""),
        ("sent", size(record.bytes_out) if record.bytes_out else ""),
        ("request id", record.request_id),
    ]
    return [(name, said) for name, said in named if said]
