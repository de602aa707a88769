"""Puts spans in normal form straight into the engine, and reads the roll-ups back as their twins would have them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from telemetry.engine.engine import Engine
from tests.build import T0
from tests.plain.normal import NormalSpan
from tests.plain.rollups import Row, Rows

TABLES = ("edges", "nodes", "parts", "operations")
_KEYS = {
    "edges": ("source", "target", "protocol"),
    "nodes": ("node",),
    "parts": ("node", "source", "version", "instance"),
    "operations": ("node", "operation"),
}
_numbers = iter(range(1, 1 << 62))


def store(engine: Engine, spans: Sequence[NormalSpan]) -> int:
    """As one segment that the loader has finished; answers its number."""
    segment = next(_numbers)
    engine.insert_rows("spans", [_stored(s, segment) for s in spans])
    engine.insert_rows("loaded", [{"spool": 7, "segment": segment, "at": T0}])
    return segment


def _stored(s: NormalSpan, segment: int) -> dict[str, Any]:
    whole = asdict(s)
    seconds, ns = divmod(s.ts, 1_000_000_000)
    when = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return whole | {
        "bucket": datetime.fromtimestamp(s.bucket, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "ts": f"{when}.{ns:09d}",
        "trace_id": s.trace_id.decode("latin-1"),
        "late": int(s.late),
        "proxy": int(s.proxy),
        "gateway": int(s.gateway),
        "segment": segment,
        "spool": 7,
    }


def owners(engine: Engine, of: Mapping[str, bool]) -> None:
    """Make these owners known, as if they had sent a span long ago."""
    engine.insert_rows(
        "services",
        [
            {"node": node, "gateway": int(gateway), "first_seen": 0, "last_seen": 0, "version": ""}
            for node, gateway in of.items()
        ],
    )


def stored(engine: Engine, table: str) -> Rows:
    """The rows of a roll-up that say anything, by key."""
    found = engine.query(f"SELECT *, toUnixTimestamp(bucket) AS at, {_last(table)} FROM {table}_10s FINAL")
    rows = {(row["at"], *(row[name] for name in _KEYS[table])): _row(row) for row in found}
    return {key: row for key, row in rows.items() if row != Row(kinds=row.kinds)}


def _last(table: str) -> str:
    traces = "arrayMap(t -> hex(t), failing_traces) AS traces" if table in ("edges", "nodes") else "[] AS traces"
    return f"{traces}, " + ("toUnixTimestamp64Nano(last_request) AS last" if table == "nodes" else "0 AS last")


def _row(row: Mapping[str, Any]) -> Row:
    made = Row(
        requests=row["requests"],
        failures=row["failures"],
        latency=_counter(row["latency"], int),
        kinds=tuple(row[name] for name in ("kind", "source_kind", "target_kind") if name in row),
        last_request=row["last"] or 0,
        failing=[(0, bytes.fromhex(trace)) for trace in row["traces"]],
    )
    for name in ("cancelled", "client_errors", "denied", "attempts", "callee_requests", "callee_failures", "reached"):
        setattr(made, name, row.get(name) or 0.0)
    made.mutual_tls = row.get("mutual_tls")
    made.codes, made.flags = _counter(row.get("codes", {}), str), _counter(row.get("flags", {}), str)
    made.callee_latency = _counter(row.get("callee_latency", {}), int)
    return made


def _counter(column: Mapping[str, float], key: Any) -> Counter[Any]:
    return Counter({key(name): count for name, count in column.items()})


def plainly(rows: Rows, buckets: Iterable[int] | None = None) -> Rows:
    """A twin's rows as `stored` has them: bins rounded, failing traces in place of failures."""
    wanted = None if buckets is None else set(buckets)
    return {key: _rounded(row) for key, row in rows.items() if wanted is None or key[0] in wanted}


def _rounded(row: Row) -> Row:
    made = Row(**{name: getattr(row, name) for name in row.__dataclass_fields__})
    made.latency, made.callee_latency = _whole(row.latency), _whole(row.callee_latency)
    made.failing = [(0, trace) for trace in row.failing_traces]
    return made


def _whole(bins: Counter[int]) -> Counter[int]:
    # Half goes to the even neighbour, in Python and in ClickHouse alike.
    return Counter({index: round(count) for index, count in bins.items()})
