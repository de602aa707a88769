"""Attribute values from what the engine keeps: a kind and its text, or the bytes of OTLP's own message in hex."""

from collections.abc import Callable, Sequence
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from telemetry.span import Event, Link


def attributes(keys: Sequence[str], kinds: Sequence[int], values: Sequence[str]) -> dict[str, Any]:
    """A row's three columns as one dict. Of a key sent twice the last value counts."""
    return {key: _VALUES[kind](value) for key, kind, value in zip(keys, kinds, values, strict=True)}


def event(message: str) -> Event:
    """From the hex of an OTLP Span.Event."""
    one = OtlpSpan.Event.FromString(bytes.fromhex(message))
    return Event(one.time_unix_nano, one.name, _pairs(one.attributes))


def link(message: str) -> Link:
    """From the hex of an OTLP Span.Link."""
    one = OtlpSpan.Link.FromString(bytes.fromhex(message))
    return Link(one.trace_id.hex(), one.span_id.hex(), _pairs(one.attributes))


def any_value(value: AnyValue) -> Any:
    """The Python value of an OTLP AnyValue, to any depth."""
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return _items(value.array_value)
    if kind == "kvlist_value":
        return _pairs(value.kvlist_value.values)
    return getattr(value, kind)


def _items(array: ArrayValue) -> list[Any]:
    return [any_value(item) for item in array.values]


def _pairs(pairs: Sequence[KeyValue]) -> dict[str, Any]:
    return {pair.key: any_value(pair.value) for pair in pairs}


# By the kinds of the engine's Enum8, which are OTLP's field numbers; 0 is a value set to nothing.
_VALUES: tuple[Callable[[str], Any], ...] = (
    lambda _: None,
    str,
    lambda text: text == "true",
    int,
    float,
    lambda message: _items(ArrayValue.FromString(bytes.fromhex(message))),
    lambda message: _pairs(KeyValueList.FromString(bytes.fromhex(message)).values),
    bytes.fromhex,
)
