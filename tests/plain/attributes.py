"""Attributes as the views see them: text by key, whatever the value's kind; of a repeated key the first."""

from collections.abc import Iterable, Mapping

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

Texts = Mapping[str, str]
NOTHING = ("", "-", "unknown")


def texts(attributes: Iterable[KeyValue]) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute in attributes:
        found.setdefault(attribute.key, text(attribute.value))
    return found


def text(value: AnyValue) -> str:
    """Arrays, lists and bytes are the bytes of protobuf; tests keep to those that are text as well."""
    which = value.WhichOneof("value")
    if which is None:
        return ""
    inner = getattr(value, which)
    if which == "bool_value":
        return "true" if inner else "false"
    if which == "double_value":
        return f"{inner:g}"
    if which in ("array_value", "kvlist_value"):
        return str(inner.SerializeToString().decode())
    return inner.decode() if which == "bytes_value" else str(inner)


def first(a: Texts, *keys: str) -> str:
    """The first of these that is there and not empty: newer names stand first."""
    return next((a[key] for key in keys if a.get(key)), "")


def known(*values: str) -> str:
    """The first that names something."""
    return next((value for value in values if value not in NOTHING), "")
