"""What is different about some of the matches: which are told from the rest, and the values that tell them."""

import re
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from meshui.asked.traces import asked_brush, asked_traces
from meshui.pages.traces_query import BRUSH, THESE, Asked
from telemetry.engine.engine import Engine
from telemetry.expression.fields import SPANS
from telemetry.expression.parse import Mistake, parse
from telemetry.expression.tree import Comparison, Name, Value, every, text
from telemetry.traces.asking import Asked as Question
from telemetry.traces.contrast import FieldContrast, Separation
from telemetry.traces.contrasted import contrasted

MOST_FIELDS = 8
ENDINGS = frozenset(
    {
        "error", "error.type", "error.message", "exception.type", "otel.status_code", "otel.status_description",
        "http.status_code", "http.response.status_code", "rpc.grpc.status_code", "rpc.response.status_code",
        "grpc.status_code", "response_code",
    }
)  # fmt: skip
"""How a request ended: that failed ones did so differently tells nothing, so they come after the others."""
_PLAIN = re.compile(r"[A-Za-z_][\w.\-]*", re.ASCII)
_WORDS = {"brush": "the selection", "failed": "failed ones", "edge": "this call", "service": "this service"}
_KEYWORDS = frozenset({"and", "or", "not", "in"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to tell some from the rest."""

    name: str
    word: str
    href: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A value, how many traces have it on either side, and the address that asks for it besides. Widths in percent."""

    field: str
    value: str
    scope: str
    selected: int
    rest: int
    share_selected: float
    share_rest: float
    wide_selected: str
    wide_rest: str
    href: str
    less: bool


def choices(asked: Asked) -> list[Choice]:
    """What can be told from the rest here; the first is told if nothing is chosen."""
    there = [
        name
        for name, can in (
            ("brush", asked.brushed),
            ("failed", True),
            ("edge", bool(asked.get("edge"))),
            ("service", bool(asked.get("service"))),
        )
        if can
    ]
    return [Choice(name, _WORDS[name], asked.to(**{THESE: name})) for name in there]


def different(engine: Engine, request: HttpRequest, asked: Asked, now: datetime) -> dict[str, Any]:
    """Raises BadQuestion, EngineError."""
    offered = choices(asked)
    these = next((choice for choice in offered if choice.name == asked.get(THESE)), offered[0])
    selection, base = _sides(request, these.name, now)
    found = contrasted(engine, selection, base)
    told = [field for field in found.fields if field.at_least > 0]
    if these.name == "failed":
        told.sort(key=lambda field: field.field in ENDINGS)
    first = sum(not (these.name == "failed" and field.field in ENDINGS) for field in told[:MOST_FIELDS])
    return {
        "these": these,
        "choices": offered,
        "found": found,
        "differences": [_difference(field, field.values[0], asked) for field in told[:first]],
        "more": [_difference(field, field.values[0], asked) for field in told[first:]],
    }


def _sides(request: HttpRequest, these: str, now: datetime) -> tuple[Question, Question]:
    """The selection, and all it is part of."""
    if these == "brush":
        base = asked_traces(_without(request, *BRUSH), now)
        return asked_brush(request, base, now) or base, base
    if these == "failed":
        base = asked_traces(_without(request, "status"), now)
        failed = Comparison(Name("status"), "=", (Value("error"),))
        return Question(every(base.match, failed), base.since_ns, base.until_ns), base
    return asked_traces(request, now), asked_traces(_without(request, these), now)


def _without(request: HttpRequest, *names: str) -> HttpRequest:
    """The same request as if these had not been asked."""
    other, query = copy(request), request.GET.copy()
    for name in names:
        query.pop(name, None)
    other.GET = query  # type: ignore[assignment]  # a request's own is kept from being changed, not from being replaced
    return other


def _difference(field: FieldContrast, one: Separation, asked: Asked) -> Difference:
    return Difference(
        field=field.field,
        value=one.counted.value,
        scope=field.scope,
        selected=one.counted.selected,
        rest=one.counted.rest,
        share_selected=one.share_selected,
        share_rest=one.share_rest,
        wide_selected=f"{100 * one.share_selected:.1f}%",
        wide_rest=f"{100 * one.share_rest:.1f}%",
        href=asked.to(q=narrowed(asked.get("q"), _name(field), one.counted.value)),
        less=one.at_least < 0,
    )


def _name(field: FieldContrast) -> Name:
    """A field of ours where it is one, else the attribute of that name."""
    own = field.scope == "span" and field.field in SPANS
    return Name(field.field, quoted=not own and (field.field in SPANS or not is_word(field.field)))


def narrowed(expression: str, name: Name, value: str) -> str:
    """The expression, and that `name` is `value`."""
    adds = Comparison(name, "=", (Value(value, quoted=not is_word(value)),))
    try:
        before = parse(expression) if expression.strip() else None
    except Mistake:
        return text(adds)
    return text(every(before, adds) or adds)


def is_word(said: str) -> bool:
    """Whether it needs no quotes."""
    return _PLAIN.fullmatch(said) is not None and said.lower() not in _KEYWORDS
