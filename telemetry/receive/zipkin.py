"""Zipkin v2 spans → OTLP, so that they share the spans' landing. JSON, and the protobuf list some reporters send.

A shared server span keeps the id it shares with its client's. Zipkin lower-cases service names, so they stay so."""

import binascii
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry.engine.engine import Signal
from telemetry.receive import otlp, rejection, zipkin_protobuf
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection

KINDS: dict[str, Any] = {"SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
INTERNAL: Any = 1
ERROR: Any = 2
SHARED = "zipkin.shared"
_LATEST_US = (2**64 - 1) // 1000


class _Wrong(Exception):
    pass


def check(data: bytes, json: bool) -> Batch | Rejection:
    """A list of spans. All of it is refused if one has the wrong form; spans with bad ids are left out."""
    what = "list of Zipkin v2 spans"
    try:
        spans = orjson.loads(data) if json else zipkin_protobuf.spans(data)
        request = to_otlp(spans)
    except (orjson.JSONDecodeError, DecodeError, _Wrong, RecursionError) as error:
        return rejection.MALFORMED.saying(what=what, why=error)
    return otlp.check_message(Signal.TRACES, request)


def to_otlp(spans: Any) -> Any:
    """One resource for each local service, in the order they first come."""
    if not isinstance(spans, list):
        raise _Wrong("it is no array")
    request = ExportTraceServiceRequest()
    scopes: dict[str, Any] = {}
    for index, span in enumerate(spans):
        if not isinstance(span, dict):
            raise _Wrong(f"[{index}] is no object")
        try:
            local = _endpoint(span, "localEndpoint")
            service = _text(local, "serviceName")
            if service not in scopes:
                resource_spans = request.resource_spans.add()
                if service:
                    resource_spans.resource.attributes.append(_attribute("service.name", service))
                scopes[service] = resource_spans.scope_spans.add()
            scopes[service].spans.append(_span(span, local))
        except _Wrong as wrong:
            raise _Wrong(f"[{index}]{wrong}") from None
    return request


def _span(span: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
    start_us = _number(span, "timestamp")
    tags = span.get("tags") or {}
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise _Wrong(".tags is no object of texts")
    kind = span.get("kind")
    if kind is not None and (not isinstance(kind, str) or kind not in KINDS):
        raise _Wrong(f".kind is none of {', '.join(KINDS)}")
    out = Span(
        trace_id=_id(span, "traceId", 16),
        span_id=_id(span, "id", 8),
        parent_span_id=_id(span, "parentId", 8),
        name=_text(span, "name"),
        kind=KINDS[kind] if kind else INTERNAL,
        start_time_unix_nano=start_us * 1000,
        end_time_unix_nano=min(start_us + _number(span, "duration"), _LATEST_US) * 1000,
        attributes=[_attribute(name, value) for name, value in _attributes(span, local, tags)],
    )
    if tags.get("error", "false") != "false":
        out.status.code = ERROR
        out.status.message = "" if tags["error"] == "true" else tags["error"]
    for annotation in _list(span, "annotations"):
        out.events.add(
            time_unix_nano=_number(annotation, "timestamp") * 1000, name=_text(annotation, "value")
        )  # fmt: skip
    return out


def _attributes(
    span: Mapping[str, Any], local: Mapping[str, Any], tags: Mapping[str, str]
) -> Iterable[tuple[str, str | int | bool]]:
    """Tags first; what endpoints say is added under OpenTelemetry's names where no tag says it."""
    yield from tags.items()
    remote = _endpoint(span, "remoteEndpoint")
    said: list[tuple[str, str | int | bool]] = [
        ("peer.service", _text(remote, "serviceName")),
        ("network.peer.address", _text(remote, "ipv4") or _text(remote, "ipv6")),
        ("network.peer.port", _number(remote, "port")),
        ("network.local.address", _text(local, "ipv4") or _text(local, "ipv6")),
        ("network.local.port", _number(local, "port")),
        (SHARED, span.get("shared") is True),
    ]
    yield from ((name, value) for name, value in said if value and name not in tags)


def _attribute(name: str, value: str | int | bool) -> Any:
    out = KeyValue(key=name)
    if isinstance(value, bool):
        out.value.bool_value = value
    elif isinstance(value, int):
        out.value.int_value = value
    else:
        out.value.string_value = value
    return out


def _id(span: Mapping[str, Any], name: str, length: int) -> bytes:
    """Padded with zeros on the left. Absent: no bytes, which leaves a span with it out, or makes it a root."""
    text = _text(span, name)
    if not text:
        return b""
    try:
        return binascii.unhexlify(text.rjust(length * 2, "0"))
    except ValueError:
        raise _Wrong(f".{name} is no id in hex") from None


def _text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Wrong(f".{name} is no text")
    return value


def _number(of: Mapping[str, Any], name: str) -> int:
    """Whole and not negative; some reporters send it as text or with a fraction."""
    value = of.get(name)
    if value is None:
        return 0
    try:
        number = int(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1
    except (ValueError, OverflowError):
        number = -1
    if not 0 <= number <= _LATEST_US:
        raise _Wrong(f".{name} is no number of microseconds" if name != "port" else ".port is no port")
    return number


def _endpoint(span: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = span.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Wrong(f".{name} is no object")
    return value


def _list(span: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = span.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _Wrong(f".{name} is no array of objects")
    return value
