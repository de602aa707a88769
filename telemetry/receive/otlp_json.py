"""OTLP/JSON → the same messages as protobuf. Not protobuf's own JSON: ids are hex (mesh-telemetry.md §4.10).

Read by the messages' own descriptors: names in lowerCamelCase, 64-bit integers as text or number and never through a
float, enums by number or name, unknown names ignored, of two equal names the last."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

import orjson

from telemetry.engine.engine import Signal
from telemetry.receive import otlp, rejection
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection

DEEPEST = 90  # protobuf's own parsers stop at 100
EXACT = 2**53
HEX_FIELDS = frozenset({"trace_id", "span_id", "parent_span_id"})
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?")
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_RANGES = {32: (-(2**31), 2**31 - 1), 64: (-(2**63), 2**63 - 1), -32: (0, 2**32 - 1), -64: (0, 2**64 - 1)}

Convert = Callable[[Any, int], Any]
Plan = dict[str, tuple[str, Convert, bool]]
"""JSON name → field name, how its value becomes one, whether it is repeated."""


class _Wrong(Exception):
    """A value that cannot be one. `path` grows from the inside out."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.path: list[str] = []

    def __str__(self) -> str:
        path = "".join(part if part.startswith("[") else f".{part}" for part in reversed(self.path))[1:]
        return f"{path[:300]} {self.args[0]}" if path else f"it {self.args[0]}"


def check(signal: Signal, data: bytes) -> Batch | Rejection:
    """As otlp.check, for JSON."""
    what = f"{otlp.REQUESTS[signal].DESCRIPTOR.name} in OTLP/JSON"
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return rejection.MALFORMED.saying(what=what, why=error)
    except RecursionError:
        return rejection.MALFORMED.saying(what=what, why=f"it is nested deeper than {DEEPEST} levels")
    request = otlp.REQUESTS[signal]
    try:
        fields = _convert_message(document, _plan(request.DESCRIPTOR), 0)
        message = request(**fields)
    except (_Wrong, ValueError, TypeError) as error:
        return rejection.MALFORMED.saying(what=what, why=error)
    return otlp.check_message(signal, message)


def _convert_message(value: Any, plan: Plan, depth: int) -> dict[str, Any]:
    if type(value) is not dict:
        raise _Wrong(f"is no object but {_shown(value)}")
    if depth > DEEPEST:
        raise _Wrong(f"is nested deeper than {DEEPEST} levels")
    fields: dict[str, Any] = {}
    for key, inner in value.items():
        known = plan.get(key)
        if known is None or inner is None:
            continue
        name, convert, repeated = known
        try:
            fields[name] = _convert_list(inner, convert, depth) if repeated else convert(inner, depth)
        except _Wrong as wrong:
            wrong.path.append(key)
            raise
    return fields


def _convert_list(value: Any, convert: Convert, depth: int) -> list[Any]:
    if type(value) is not list:
        raise _Wrong(f"is no array but {_shown(value)}")
    converted = []
    for index, item in enumerate(value):
        try:
            converted.append(convert(item, depth))
        except _Wrong as wrong:
            wrong.path.append(f"[{index}]")
            raise
    return converted


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return orjson.dumps(value).decode()[:60]


def _text(value: Any, depth: int) -> str:
    del depth
    if type(value) is not str:
        raise _Wrong(f"is no text but {_shown(value)}")
    return value


def _boolean(value: Any, depth: int) -> bool:
    del depth
    if type(value) is not bool:
        raise _Wrong(f"is neither true nor false but {_shown(value)}")
    return value


def _double(value: Any, depth: int) -> float:
    del depth
    if type(value) is float or type(value) is int:
        return float(value)
    if type(value) is str and value in _SPECIAL:
        return _SPECIAL[value]
    if type(value) is str and _DECIMAL.fullmatch(value):
        return float(value)
    raise _Wrong(f"is no number but {_shown(value)}")


def _hex(value: Any, depth: int) -> bytes:
    try:
        return binascii.unhexlify(_text(value, depth))
    except ValueError:
        raise _Wrong(f"is no id in hex but {_shown(value)}") from None


def _bytes(value: Any, depth: int) -> bytes:
    """Base64, either alphabet, with or without padding."""
    text = _text(value, depth).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise _Wrong(f"is no base64 but {_shown(value)}") from None


def _integer(bits: int) -> Convert:
    """`bits` below 0: unsigned."""
    low, high = _RANGES[bits]

    def convert(value: Any, depth: int) -> int:
        del depth
        whole = type(value) is float and value.is_integer() and abs(value) <= EXACT
        if whole or (type(value) is str and _INTEGER.fullmatch(value)):
            value = int(value)
        if type(value) is not int:
            raise _Wrong(f"is no integer but {_shown(value)}")
        if not low <= value <= high:
            raise _Wrong(f"does not fit {abs(bits)} bits: {value}")
        return value

    return convert


def _enum(descriptor: Any) -> Convert:
    number = _integer(32)

    def convert(value: Any, depth: int) -> int:
        named = descriptor.values_by_name.get(value) if type(value) is str else None
        return int(named.number) if named is not None else int(number(value, depth))

    return convert


def _message(descriptor: Any) -> Convert:
    # Looked up when first needed: AnyValue holds itself.
    def convert(value: Any, depth: int) -> dict[str, Any]:
        return _convert_message(value, _plan(descriptor), depth + 1)

    return convert


_PLANS: dict[str, Plan] = {}


def _plan(descriptor: Any) -> Plan:
    plan = _PLANS.get(descriptor.full_name)
    if plan is None:
        plan = {f.json_name: (f.name, _converter(f), f.is_repeated) for f in descriptor.fields}
        _PLANS[descriptor.full_name] = plan
    return plan


def _converter(field: Any) -> Convert:
    if field.message_type is not None:
        return _message(field.message_type)
    if field.enum_type is not None:
        return _enum(field.enum_type)
    if field.type == field.TYPE_BYTES:
        return _hex if field.name in HEX_FIELDS else _bytes
    return {
        field.CPPTYPE_STRING: _text,
        field.CPPTYPE_BOOL: _boolean,
        field.CPPTYPE_DOUBLE: _double,
        field.CPPTYPE_INT32: _integer(32),
        field.CPPTYPE_INT64: _integer(64),
        field.CPPTYPE_UINT32: _integer(-32),
        field.CPPTYPE_UINT64: _integer(-64),
    }[field.cpp_type]
