"""One span of a trace with all it says, and how much of a trace is stored: what an open trace page asks again."""

from pathlib import Path

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read
from telemetry.span import Span
from telemetry.traces.load import MAX_SPANS, records, resources, span_of

_HERE = Path(__file__).parent


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
