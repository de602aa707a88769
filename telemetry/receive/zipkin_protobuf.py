"""Zipkin's protobuf list (zipkin.proto3, ListOfSpans) → the same dicts as its JSON. The few messages are described
here, since no package carries them: https://github.com/openzipkin/zipkin-api/blob/master/zipkin.proto"""

import ipaddress
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_KINDS = (None, "CLIENT", "SERVER", "PRODUCER", "CONSUMER")
_TYPES = {
    "bytes": Field.TYPE_BYTES, "string": Field.TYPE_STRING, "int32": Field.TYPE_INT32, "uint64": Field.TYPE_UINT64,
    "fixed64": Field.TYPE_FIXED64, "bool": Field.TYPE_BOOL,
}  # fmt: skip
_MESSAGES: dict[str, tuple[tuple[int, str, str], ...]] = {
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


def _list_of_spans() -> Any:
    file = FileDescriptorProto(name="meshui/zipkin.proto", package="meshui.zipkin", syntax="proto3")
    for message, fields in _MESSAGES.items():
        described = file.message_type.add(name=message)
        for number, written, name in fields:
            repeated, kind = written.startswith("*"), written.removeprefix("*")
            label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
            field = described.field.add(name=name, number=number, label=label)
            if kind in _TYPES:
                field.type = _TYPES[kind]
            else:
                field.type, field.type_name = Field.TYPE_MESSAGE, f".meshui.zipkin.{kind}"
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("meshui.zipkin.ListOfSpans"))


ListOfSpans = _list_of_spans()


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
