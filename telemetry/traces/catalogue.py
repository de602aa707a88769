"""What traces there are to ask for: services that have sent spans, and the names of their spans."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from telemetry.engine.engine import Engine, Row
from telemetry.engine.statement import read, statements
from telemetry.traces.load import KINDS
from telemetry.window import bucket_of

MOST_NAMES = 10_000
_SOON = timedelta(hours=1)
_LONG = timedelta(days=2)
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SpanName:
    """A span's name and its kind in OTLP's words (`unspecified` if it has none)."""

    name: str
    kind: str


def services(engine: Engine, since: datetime) -> list[str]:
    """Ids of those heard since then, in order. Raises EngineError."""
    return [row["node"] for row in _ask(engine, "services", since=bucket_of(since), most=MOST_NAMES)]


def called(engine: Engine, name: str) -> list[str]:
    """Ids of the services that may be meant by `cart` or `cart.shop`."""
    return [row["node"] for row in _ask(engine, "services_called", name=name)]


def span_names(engine: Engine, nodes: list[str], now: datetime, kind: str = "") -> list[SpanName]:
    """Of the last hour; of two days, as far as can be looked through in 3 s, if there was none. `kind`: '' for all."""
    if not nodes:
        return []
    asked = {
        "nodes": nodes,
        "kinds": [KINDS.index(kind)] if kind else list(range(len(KINDS))),
        "until": bucket_of(now + timedelta(minutes=10)),
        "most": MOST_NAMES,
    }
    rows: list[Row] = []
    for back in (_SOON, _LONG):
        rows = rows or _ask(engine, "span_names", since=bucket_of(now - back), **asked)
    return [SpanName(row["name"], KINDS[row["kind"]]) for row in rows]


def _ask(engine: Engine, name: str, /, **params: Any) -> list[Row]:
    (sql,) = statements(read(_HERE / f"{name}.sql"))
    return engine.query(sql, params, timeout_s=3.0)
