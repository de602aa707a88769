"""What an expression may say of spans: each field, which operators it takes, and what a value must look like.

A field that is none of these, or is quoted, is an attribute of the span or of its resource, by its own name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import re2

from telemetry.expression.parse import Mistake
from telemetry.expression.tree import Comparison, Expression, Name, Value, comparisons
from telemetry.identity import ARROW, EdgeId, ServiceId

TEXT = frozenset({"=", "!=", "~", "!~", "in"})
WHOLE = frozenset({"=", "!=", "in"})
ORDER = frozenset({"<", "<=", ">", ">="})
KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
"""By OTLP's number."""
STATUSES = ("ok", "error")


@dataclass(frozen=True, slots=True)
class Field:
    """`operators` it takes; `expected`: a value in words, where not any text will do; `reads`: whether one is right."""

    name: str
    about: str
    operators: frozenset[str] = TEXT
    expected: str = ""
    reads: Callable[[Value], bool] = lambda _: True


def _time(value: Value) -> bool:
    return value.number is not None and value.number.time


def _edge(value: Value) -> bool:
    try:
        edge_of(value)
    except ValueError:
        return False
    return True


def edge_of(value: Value) -> tuple[ServiceId, ServiceId]:
    """Caller and called of `shop/web→shop/cart` or `shop/web->shop/cart`. Raises ValueError."""
    edge = EdgeId.parse(value.text.replace("->", ARROW, 1))
    return ServiceId.parse(edge.source), ServiceId.parse(edge.target)


_DURATION = ("a duration with its unit, like 300ms or 1.5s", _time)

SPANS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("service", "whose span it is: a name, or namespace/name"),
        Field("operation", "route, rpc method or span name, like GET /cart"),
        Field("kind", "the span's", WHOLE, "one of " + ", ".join(KINDS), lambda value: value.text in KINDS),
        Field("status", "error: it failed; ok: it did not", WHOLE, "error or ok", lambda value: value.text in STATUSES),
        Field("duration", "of the span", ORDER | {"="}, *_DURATION),
        Field("trace.duration", "of the whole trace", ORDER, *_DURATION),
        Field("flag", "a response flag, like UH"),
        Field("span.name", "what its sender called the span"),
        Field("version", "of the service"),
        Field("instance", "pod or process"),
        Field("edge", "a call, like shop/web->shop/cart", WHOLE, f"two ids, like shop/web{ARROW}shop/cart", _edge),
    )
}


def of_span(name: Name) -> Field | None:
    """The field of ours, None for an attribute."""
    return None if name.quoted else SPANS.get(name.text)


def check(tree: Expression) -> None:
    """Raises Mistake for a comparison that can mean nothing: an operator its field has not, a value it cannot have."""
    for each in comparisons(tree):
        _check_operator(each)
        for value in each.values:
            _check_value(each, value)


def _check_operator(each: Comparison) -> None:
    field = of_span(each.name)
    if field is None or each.operator in field.operators:
        return
    raise Mistake(each.at, f"one of {_listed(field.operators)} after {field.name}", repr(each.operator))


def _check_value(each: Comparison, value: Value) -> None:
    field = of_span(each.name)
    if each.operator in ("~", "!~"):
        _check_pattern(value)
    elif each.operator in ORDER and field is None and value.number is None:
        raise Mistake(value.at, f"a number after {each.operator}", repr(value.text[:20]))
    elif field is not None and not field.reads(value):
        raise Mistake(value.at, field.expected, repr(value.text[:20]))


def _check_pattern(value: Value) -> None:
    try:
        pattern(value.text)
    except ValueError as error:
        raise Mistake(value.at, "a regular expression (RE2)", f"{value.text[:40]!r}: {error}") from None


def pattern(text: str) -> re2._Regexp:
    """`text` as the engine's `match` reads it: found anywhere, `.` is also a line's end. Raises ValueError saying why
    it is none."""
    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        raise ValueError(said.decode(errors="replace") if isinstance(said, bytes) else str(said)) from None


def _listed(operators: Iterable[str]) -> str:
    return " ".join(sorted(operators))
