"""What the page of a trace asks of the engine: all spans as far as they are drawn, one of them with all it says, and
whether more are stored by now."""

from collections.abc import Sequence
from pathlib import Path

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read
from telemetry.span import Span, Trace
from telemetry.traces.assemble import assemble
from telemetry.traces.load import MAX_SPANS, records, resources, span_of
from telemetry.traces.uncollected import uncollected

TOLD = (
    "error.type",
    "response_code_details",
    "http.request.method",
    "http.method",
    "url.path",
    "url.full",
    "http.url",
)
"""Attributes that sentences and clocks ask for (telling.py, cause.py, skew.py)."""
_HERE = Path(__file__).parent


@uncollected()
def drawn(engine: Engine, trace_id: str, limit: int = MAX_SPANS) -> Trace | None:
    """The trace of 32 hex digits in lower case as load.trace has it, but without what only a chosen span shows: other
    attributes, resources, links, events of what did not fail, logs of its spans. None if no span of it is kept.

    Raises EngineError if the engine cannot answer."""
    rows = engine.query(read(_HERE / "drawn.sql"), {"trace": trace_id, "told": list(TOLD), "limit": limit + 1})
    if not rows:
        return None
    logs = records(engine, trace_id, rows, limit)
    spans = [span_of(row, {}, logs) for row in rows[:limit]]
    left = [record for kept in logs.values() for record in kept]
    return assemble(trace_id, spans, cut=len(rows) > limit, records=left)


def spans_named(engine: Engine, trace_id: str, span_id: str) -> list[Span]:
    """Who has that id in a trace, with everything they said: none, one, or the several that share it (Zipkin).

    Ids are 32 and 16 hex digits in lower case. Raises EngineError if the engine cannot answer."""
    asked = {"trace": trace_id, "only": span_id, "limit": MAX_SPANS}
    rows = engine.query(read(_HERE / "load.sql"), asked)
    if not rows:
        return []
    said = resources(engine, sorted({row["resource_id"] for row in rows}))
    logs = records(engine, trace_id, rows, MAX_SPANS)
    return [span_of(row, said, logs) for row in rows]


def stored(engine: Engine, trace_id: str) -> int:
    """How many rows of a trace are stored, repeats included: another number, and there is more to show."""
    return int(engine.query(read(_HERE / "stored.sql"), {"trace": trace_id})[0]["n"])


def saying(engine: Engine, trace_id: str, words: Sequence[str]) -> dict[str, list[str]]:
    """By word the ids of spans that say it somewhere in their attributes, events or status, in any case; at most
    MAX_SPANS of them. Raises EngineError if the engine cannot answer."""
    asked = {"trace": trace_id, "words": list(words), "limit": MAX_SPANS}
    found: dict[str, list[str]] = {word: [] for word in words}
    for row in engine.query(read(_HERE / "within.sql"), asked):
        for hit in row["hits"]:
            found[words[hit]].append(row["id"])
    return found
