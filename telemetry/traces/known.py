"""What a search can be about: fields and values that are stored, to complete what somebody writes. Bounded: attributes
and values are those of the newest spans, so a rare one may be missing here and is found all the same."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from telemetry.engine import statement
from telemetry.engine.engine import Engine
from telemetry.expression.fields import KINDS, SPANS, STATUSES, of_span
from telemetry.expression.tree import Name
from telemetry.window import bucket_of

_BACK = timedelta(hours=1)
_SPANS = 50_000
_HERE = Path(__file__).parent
_CHOICES = {"kind": KINDS, "status": STATUSES}
_ASKED = {"service": "known_services", "edge": "known_edges", "duration": "", "trace.duration": ""}


class KnownField(NamedTuple):
    """`about`: what it is, '' for an attribute; `operators` it takes."""

    name: str
    about: str
    operators: tuple[str, ...]


_ANY = ("!=", "!~", "<", "<=", "=", ">", ">=", "in", "~")


def fields(engine: Engine, part: str, now: datetime, limit: int) -> list[KnownField]:
    """Fields whose name has `part` in it: ours first, then attributes, those that begin with it before the others."""
    ours = [
        KnownField(field.name, field.about, tuple(sorted(field.operators)))
        for field in SPANS.values()
        if part.lower() in field.name
    ]
    rows = _ask(engine, "known_fields", now, part=part, limit=limit)
    return (ours + [KnownField(row["name"], "", _ANY) for row in rows])[:limit]


def values(engine: Engine, name: Name, part: str, now: datetime, limit: int) -> list[str]:
    """Values of a field that have `part` in them, those that begin with it first; none where any number will do."""
    field = of_span(name)
    if field is not None and field.name in _CHOICES:
        return [choice for choice in _CHOICES[field.name] if part.lower() in choice]
    asked = "known_attributes" if field is None else _ASKED.get(field.name, "known_spans")
    if not asked:
        return []
    return [row["value"] for row in _ask(engine, asked, now, field=name.text, part=part, limit=limit)]


def _ask(engine: Engine, name: str, now: datetime, **params: Any) -> list[dict[str, Any]]:
    (sql,) = statement.statements(statement.read(_HERE / f"{name}.sql"))
    bound = {"since": bucket_of(now - _BACK), "spans": _SPANS} | params
    return engine.query(sql, {key: value for key, value in bound.items() if f"{{{key}:" in sql}, timeout_s=5.0)
