"""An hour of spans of 500 services, made by the engine itself, for questions to be asked of."""

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read, statements

SPANS_A_TRACE = 10
SEED = 7
_CHUNK = 100_000
"""Traces in one INSERT: a million spans."""
_MERGES_S = 300.0
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Filled:
    """`since`: Unix s at which the hour begins. `values`: what there is to ask about, rows of query_samples.sql."""

    since: int
    spans: int
    seconds: float
    bytes_per_span: float
    values: list[dict[str, Any]]


def sql(name: str) -> list[str]:
    """The statements of one of this folder's files."""
    return statements(read(_HERE / f"{name}.sql"))


def fill(engine: Engine, spans: int, until: int) -> Filled:
    """The hour before `until` (Unix s), merged as far as the engine does by itself."""
    total, since = max(1, spans // SPANS_A_TRACE), until - 3600
    began = time.perf_counter()
    run(engine, "query_resources", at=_time(since))
    for number, first in enumerate(range(0, total, _CHUNK), 1):
        last = min(total, first + _CHUNK)
        run(
            engine, "query_fill", first=first, last=last, total=total, seed=SEED, since=since * 10**9, spool=1,
            segment=number,
        )  # fmt: skip
        engine.insert_rows("loaded", [{"spool": 1, "segment": number, "at": _time(until)}])
    took = time.perf_counter() - began
    _settle(engine)
    (sample,) = sql("query_samples")
    values = engine.query(sample, {"since": since, "seed": SEED, "every": max(1, total // 4000)}, timeout_s=120)
    random.Random(SEED).shuffle(values)
    count = total * SPANS_A_TRACE
    return Filled(since, count, took, engine.size_bytes() / count, values)


def run(engine: Engine, name: str, **params: Any) -> None:
    for text in sql(name):
        engine.execute(text, {key: value for key, value in params.items() if f"{{{key}:" in text}, timeout_s=600)


def _settle(engine: Engine) -> None:
    """Until background merges have ended: for the questions, not for the data."""
    ends = time.monotonic() + _MERGES_S
    while time.monotonic() < ends and engine.query("SELECT count() AS n FROM system.merges")[0]["n"]:
        time.sleep(0.5)


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second - second % 10, UTC)
