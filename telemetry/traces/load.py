"""One trace from the engine, found by its id."""

from pathlib import Path
from typing import Any

from telemetry.engine.engine import Engine, Row
from telemetry.engine.statement import read
from telemetry.span import Span, Trace
from telemetry.traces import values
from telemetry.traces.tree import assemble

MAX_SPANS = 20_000
"""Most spans of a trace that are read: a runaway sender can put millions under one id."""

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
STATUSES = ("unset", "ok", "error")
_HERE = Path(__file__).parent


def trace(engine: Engine, trace_id: str, limit: int = MAX_SPANS) -> Trace | None:
    """The trace of 32 hex digits, in any case, with everything its senders said; None if no span of it is kept.

    Raises ValueError for anything but 32 hex digits, EngineError if the engine cannot answer."""
    wanted = trace_id.lower()
    if len(wanted) != 32 or not set(wanted) <= set("0123456789abcdef"):
        raise ValueError(f"{trace_id!r} is no trace id: expected 32 hexadecimal digits")
    rows = engine.query(read(_HERE / "load.sql"), {"trace": wanted, "limit": limit + 1})
    if not rows:
        return None
    said = _resources(engine, sorted({row["resource_id"] for row in rows}))
    return assemble(wanted, [_span(row, said) for row in rows[:limit]], cut=len(rows) > limit)


def _resources(engine: Engine, ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = engine.query(read(_HERE / "resources.sql"), {"ids": ids})
    return {row["resource_id"]: values.attributes(row["keys"], row["kinds"], row["values"]) for row in rows}


def _span(row: Row, said: dict[int, dict[str, Any]]) -> Span:
    return Span(
        span_id=row["span_id"],
        parent_id=row["parent"] if row["has_parent"] else None,
        node=row["node"],
        role=row["role"],
        # Numbers that OTLP has not named yet are kept by the engine as they are.
        kind=KINDS[row["kind"]] if row["kind"] < len(KINDS) else KINDS[0],
        operation=row["operation"],
        name=row["name"],
        start_ns=row["start_ns"],
        duration_ns=row["duration_ns"],
        status=STATUSES[row["status"]] if row["status"] < len(STATUSES) else STATUSES[0],
        status_message=row["status_message"],
        code=row["code"] or None,
        grpc=row["grpc"] if row["grpc"] >= 0 else None,
        flags=tuple(row["flags"].split(",")) if row["flags"] else (),
        scope=row["scope"],
        trace_state=row["trace_state"],
        attributes=values.attributes(row["keys"], row["kinds"], row["values"]),
        resource=said.get(row["resource_id"], {}),
        events=tuple(map(values.event, row["events"])),
        links=tuple(map(values.link, row["links"])),
        copies=row["copies"],
    )
