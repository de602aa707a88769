"""Reading a question about traces: its parameters and its expression become one expression over spans."""

from datetime import datetime, timedelta

from django.http import HttpRequest

from meshui.asked.instants import BadQuestion, asked_instant
from telemetry.expression.fields import check, of_span
from telemetry.expression.parse import Mistake, parse
from telemetry.expression.tree import Comparison, Expression, Name, Operator, Value, every, text
from telemetry.traces.asking import Asked
from telemetry.traces.by import OWN
from telemetry.traces.cursor import Cursor, cursor_of
from telemetry.traces.search import ORDERS, Order
from telemetry.window import parse_duration

LENGTH = timedelta(hours=1)
LONGEST = 1_000
MOST_TAGS = 20

BRUSH = ("brush_from", "brush_to", "brush_min", "brush_max")
_FROM_TO: tuple[Operator, Operator] = (">=", "<=")
_SAYS: dict[str, tuple[str, Operator]] = {
    "service": ("service", "="),
    "operation": ("operation", "="),
    "edge": ("edge", "="),
    "status": ("status", "="),
    "flag": ("flag", "="),
    "min_duration": ("trace.duration", ">="),
    "max_duration": ("trace.duration", "<="),
    "min_span_duration": ("duration", ">="),
    "max_span_duration": ("duration", "<="),
}
"""Parameters, each with the field and operator it stands for."""


def asked_traces(request: HttpRequest, now: datetime) -> Asked:
    """What to look for, from `from` to `to` (an hour up to now, if nothing is said)."""
    until = asked_instant(request, "to", now) or now
    since = asked_instant(request, "from", now) or until - LENGTH
    if since >= until:
        raise BadQuestion("from", "expected an instant before `to`")
    return Asked(_match(request), _ns(since), _ns(until))


def asked_order(request: HttpRequest) -> Order:
    """Of the list; the newest first if nothing is said."""
    wanted = request.GET.get("order") or ORDERS[0]
    for order in ORDERS:
        if order == wanted:
            return order
    raise BadQuestion("order", f"expected {', '.join(ORDERS)}")


def asked_place(request: HttpRequest, about: str) -> Cursor | None:
    """Where the page before ended, None for the first; `about` as in `question_text`."""
    said = request.GET.get("cursor", "")
    try:
        return cursor_of(said, about) if said else None
    except ValueError as error:
        raise BadQuestion("cursor", str(error)) from error


def question_text(order: Order, asked: Asked) -> str:
    """What tells a list from another: a cursor is good for its own only."""
    return f"{order} {'' if asked.match is None else text(asked.match)}"


def asked_brush(request: HttpRequest, asked: Asked, now: datetime) -> Asked | None:
    """The part of `asked` between `brush_from` and `brush_to` whose traces took from `brush_min` to `brush_max`; None
    where none of these is said."""
    if not any(request.GET.get(name) for name in BRUSH):
        return None
    since, until = (asked_instant(request, name, now) if request.GET.get(name) else None for name in BRUSH[:2])
    took = (
        _said(request, name, "trace.duration", operator) for name, operator in zip(BRUSH[2:], _FROM_TO, strict=True)
    )
    part = Asked(
        every(asked.match, *took),
        asked.since_ns if since is None else max(asked.since_ns, _ns(since)),
        asked.until_ns if until is None else min(asked.until_ns, _ns(until)),
    )
    if part.since_ns >= part.until_ns:
        raise BadQuestion("brush_from", "expected an instant before `brush_to`, both within the time asked about")
    return part


def asked_by(request: HttpRequest) -> Name:
    """The field whose values are counted; in quotes, or if it is none of ours, the attribute of that name."""
    said = _short("by", request.GET.get("by", "")).strip()
    quoted = len(said) > 1 and said.startswith('"') and said.endswith('"')
    if not said.strip('"'):
        raise BadQuestion("by", "expected the name of a field, like version or http.route")
    field = Name(said[1:-1] if quoted else said, quoted)
    if of_span(field) is not None and field.text not in OWN:
        raise BadQuestion("by", f"{field.text} has no values to go by: expected {', '.join(OWN)} or an attribute")
    return field


def asked_expression(request: HttpRequest, field: str) -> Expression | None:
    """The expression of a parameter, None if it is empty or not there; a mistake says where it is."""
    text = request.GET.get(field, "")
    if not text.strip():
        return None
    try:
        tree = parse(text)
        check(tree)
    except Mistake as mistake:
        raise BadQuestion(field, str(mistake), position=mistake.at, expected=mistake.expected) from mistake
    return tree


def _match(request: HttpRequest) -> Expression | None:
    parts: list[Expression | None] = [_said(request, parameter, *says) for parameter, says in _SAYS.items()]
    tags = request.GET.getlist("tag")
    if len(tags) > MOST_TAGS:
        raise BadQuestion("tag", f"at most {MOST_TAGS} are asked at once")
    return every(*parts, *(_tag(tag) for tag in tags), asked_expression(request, "q"))


def _said(request: HttpRequest, parameter: str, field: str, operator: Operator) -> Comparison | None:
    text = request.GET.get(parameter)
    if not text:
        return None
    value = _duration(parameter, text) if "duration" in field else Value(_short(parameter, text), quoted=True)
    comparison = Comparison(Name(field), operator, (value,))
    return _checked(parameter, comparison)


def _checked(parameter: str, comparison: Comparison) -> Comparison:
    try:
        check(comparison)
    except Mistake as mistake:
        raise BadQuestion(parameter, f"expected {mistake.expected}") from mistake
    return comparison


def _duration(parameter: str, text: str) -> Value:
    try:
        return Value(f"{parse_duration(text) * 1000:.6f}ms")
    except ValueError as error:
        raise BadQuestion(parameter, str(error)) from error


def _tag(text: str) -> Comparison:
    name, equals, value = _short("tag", text).partition("=")
    if not equals or not name:
        raise BadQuestion("tag", f"{text[:40]!r} names no attribute: expected name=value")
    return Comparison(Name(name, quoted=True), "=", (Value(value, quoted=True),))


def _short(parameter: str, text: str) -> str:
    if len(text) > LONGEST:
        raise BadQuestion(parameter, f"expected at most {LONGEST:,} characters")
    return text


def _ns(at: datetime) -> int:
    seconds = int(at.timestamp())
    return seconds * 1_000_000_000 + at.microsecond * 1000
