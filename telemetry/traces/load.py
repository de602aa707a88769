"""One trace from the engine, found by its id, with what access logs say of its requests."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from telemetry.engine.engine import Engine, Row
from telemetry.engine.statement import read
from telemetry.span import Record, Span, Trace
from telemetry.traces import values
from telemetry.traces.assemble import assemble
from telemetry.traces.uncollected import uncollected

MAX_SPANS = 100_000
"""Most spans of a trace that are read: a runaway sender can put millions under one id."""

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
STATUSES = ("unset", "ok", "error")
_BUCKET_S = 10
_UNMEASURED = 2**64 - 1
_UNSAID = 255
_HERE = Path(__file__).parent
_Logs = dict[tuple[str, str], list[Record]]


@uncollected()
def trace(engine: Engine, trace_id: str, limit: int = MAX_SPANS) -> Trace | None:
    """The trace of 32 hex digits, in any case, with everything its senders said; None if no span of it is kept.

    Raises ValueError for anything but 32 hex digits, EngineError if the engine cannot answer."""
    wanted = trace_id.lower()
    if len(wanted) != 32 or not set(wanted) <= set("0123456789abcdef"):
        raise ValueError(f"{trace_id!r} is no trace id: expected 32 hexadecimal digits")
    rows = engine.query(read(_HERE / "load.sql"), {"trace": wanted, "only": "", "limit": limit + 1})
    if not rows:
        return None
    said = resources(engine, sorted({row["resource_id"] for row in rows}))
    logs = records(engine, wanted, rows, limit)
    spans = [span_of(row, said, logs) for row in rows[:limit]]
    left = [record for records in logs.values() for record in records]
    return assemble(wanted, spans, cut=len(rows) > limit, records=left)


def resources(engine: Engine, ids: list[int]) -> dict[int, dict[str, Any]]:
    """What senders said of themselves, by resource id."""
    rows = engine.query(read(_HERE / "resources.sql"), {"ids": ids})
    return {row["resource_id"]: values.attributes(row["keys"], row["kinds"], row["values"]) for row in rows}


def records(engine: Engine, wanted: str, rows: list[Row], limit: int) -> _Logs:
    """By the span and the owner that they are of. Only proxies write access logs."""
    found: _Logs = defaultdict(list)
    if not any(row["proxy"] for row in rows):
        return found
    buckets = [row["bucket_s"] for row in rows]
    asked = {
        "trace": wanted,
        "since": max(0, min(buckets) - _BUCKET_S),
        "until": max(buckets) + _BUCKET_S,
        "limit": limit,
    }
    for row in engine.query(read(_HERE / "records.sql"), asked):
        found[row["span_id"], row["node"]].append(_record(row))
    return found


def span_of(row: Row, said: dict[int, dict[str, Any]], logs: _Logs) -> Span:
    """A row of load.sql; takes its records out of `logs`."""
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
        version=row["version"],
        instance=row["instance"],
        proxy=bool(row["proxy"]),
        gateway=bool(row["gateway"]),
        arrived=row["arrived"],
        peer=row["peer"],
        late=bool(row["late"]),
        logs=tuple(logs.pop((row["span_id"], row["node"]), ())) if row["proxy"] else (),
    )


def _record(row: Row) -> Record:
    return Record(
        span_id=row["span_id"],
        node=row["node"],
        role=row["role"],
        at_ns=row["at_ns"],
        duration_ns=None if row["duration"] == _UNMEASURED else row["duration"],
        operation=row["operation"],
        peer=row["peer"],
        cluster=row["cluster"],
        protocol=row["protocol"],
        code=row["code"] or None,
        grpc=row["grpc"] if row["grpc"] >= 0 else None,
        flags=tuple(row["flags"].split(",")) if row["flags"] else (),
        details=row["details"],
        arrived=row["arrived"],
        attempts=None if row["attempts"] == _UNSAID else row["attempts"],
        tls=row["tls"],
        own_identity=row["own_identity"],
        peer_identity=row["peer_identity"],
        bytes_in=row["bytes_in"],
        bytes_out=row["bytes_out"],
        request_id=row["request_id"],
    )
