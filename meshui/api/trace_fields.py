"""`GET /api/v1/traces/fields`, `/values` and `/complete`: what an expression may say, from what is stored."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.asked.instants import BadQuestion, asked_int
from meshui.running import running
from telemetry.expression.complete import expecting
from telemetry.expression.parse import LONGEST
from telemetry.expression.tree import Name
from telemetry.traces.known import KnownField
from telemetry.traces.known import fields as known_fields
from telemetry.traces.known import values as known_values

LIMIT, MOST, LONGEST_PART = 50, 1000, 200


@question
def fields(request: HttpRequest) -> HttpResponse:
    """Fields whose name has `prefix` in it."""
    limit = asked_int(request, "limit", LIMIT, 1, MOST)
    found = known_fields(running().engine, _asked(request, "prefix"), datetime.now(UTC), limit)
    return ok({"items": [_field(field) for field in found], "next": None})


@question
def values(request: HttpRequest) -> HttpResponse:
    """Values of `field` (in quotes: the attribute of that name) that have `prefix` in them."""
    limit = asked_int(request, "limit", LIMIT, 1, MOST)
    field = _asked(request, "field")
    if not field:
        raise BadQuestion("field", "expected the name of a field, like service or http.route")
    quoted = len(field) > 1 and field.startswith('"') and field.endswith('"')
    name = Name(field[1:-1] if quoted else field, quoted)
    found = known_values(running().engine, name, _asked(request, "prefix"), datetime.now(UTC), limit)
    return ok({"items": found, "next": None})


@question
def complete(request: HttpRequest) -> HttpResponse:
    """What may stand at character `at` of the expression `q`: words of the language, fields and values that are stored.

    `since`: where in `q` the text begins that an item replaces."""
    limit = asked_int(request, "limit", LIMIT, 1, MOST)
    text = request.GET.get("q", "")
    at = asked_int(request, "at", min(len(text), LONGEST), 0, LONGEST)
    place = expecting(text, at)
    engine, now, prefix = running().engine, datetime.now(UTC), place.prefix[:LONGEST_PART]
    items: list[dict[str, Any]] = []
    if "field" in place.kinds:
        items += [{"kind": "field", **_field(field)} for field in known_fields(engine, prefix, now, limit)]
    if place.field is not None:
        found = known_values(engine, place.field, prefix, now, limit)
        items += [{"kind": "value", "name": value} for value in found]
    items += [{"kind": "word", "name": word} for word in place.words if word.startswith(prefix.lower())]
    return ok({"since": place.since, "kinds": list(place.kinds), "items": items, "next": None})


def _field(field: KnownField) -> dict[str, Any]:
    return {"name": field.name, "about": field.about, "operators": list(field.operators)}


def _asked(request: HttpRequest, parameter: str) -> str:
    text = request.GET.get(parameter, "")
    if len(text) > LONGEST_PART:
        raise BadQuestion(parameter, f"expected at most {LONGEST_PART} characters")
    return text
