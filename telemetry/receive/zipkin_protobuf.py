"""Zipkin's protobuf list (zipkin.proto3, ListOfSpans) → the same dicts as its JSON. The few messages are described
here, since no package carries them: https://github.com/openzipkin/zipkin-api/blob/master/zipkin.proto"""

import ipaddress
from typing import Any

from telemetry.described import Fields, described

_KINDS = (None, "CLIENT", "SERVER", "PRODUCER", "CONSUMER")
_MESSAGES: dict[str, Fields] = {
    "Endpoint": ((1, "string", "service_name"), (2, "bytes", "ipv4"), (3, "bytes", "ipv6"), (4, "int32", "port")),
    "Annotation": ((1, "fixed64", "timestamp"), (2, "string", "value")),
    "Tag": ((1, "string", "key"), (2, "string", "value")),
    "Span": (
        (1, "bytes", "trace_id"), (2, "bytes", "parent_id"), (3, "bytes", "id"), (4, "int32", "kind"),
        (5, "string", "name"), (6, "fixed64", "timestamp"), (7, "uint64", "duration"),
        (8, "Endpoint", "local_endpoint"), (9, "Endpoint", "remote_endpoint"), (10, "*Annotation", "annotations"),
        (11, "*Tag", "tags"), (12, "bool", "debug"), (13, "bool", "shared"),
    ),
    "ListOfSpans": ((1, "*Span", "spans"),),
}  # fmt: skip


(ListOfSpans,) = described("meshui.zipkin", _MESSAGES, "ListOfSpans")


def spans(data: bytes) -> list[dict[str, Any]]:
    """Raises google.protobuf.message.DecodeError."""
    return [_span(span) for span in ListOfSpans.FromString(data).spans]


def _span(span: Any) -> dict[str, Any]:
    return {
        "traceId": span.trace_id.hex(),
        "parentId": span.parent_id.hex(),
        "id": span.id.hex(),
        "kind": _KINDS[span.kind] if 0 <= span.kind < len(_KINDS) else None,
        "name": span.name,
        "timestamp": span.timestamp,
        "duration": span.duration,
        "localEndpoint": _endpoint(span.local_endpoint),
        "remoteEndpoint": _endpoint(span.remote_endpoint),
        "annotations": [{"timestamp": a.timestamp, "value": a.value} for a in span.annotations],
        "tags": {tag.key: tag.value for tag in span.tags},
        "shared": span.shared,
    }


def _endpoint(endpoint: Any) -> dict[str, Any]:
    return {
        "serviceName": endpoint.service_name,
        "ipv4": str(ipaddress.IPv4Address(endpoint.ipv4)) if len(endpoint.ipv4) == 4 else None,
        "ipv6": str(ipaddress.IPv6Address(endpoint.ipv6)) if len(endpoint.ipv6) == 16 else None,
        "port": endpoint.port,
    }
