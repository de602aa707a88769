"""Folds the spans of a run of neighbouring buckets into calls, and the calls into the roll-up tables, all in SQL.

A run is read with one bucket more on each side, since a call and its answer may stand on either side of a border. What
is decided between two spans depends on the distance of their buckets only, never on what else a run happened to read,
so that any cut into runs gives the same numbers. docs/decisions/003-folding.md says what counts as what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telemetry.engine.engine import Engine
from telemetry.rollup.question import ask, run
from telemetry.window import BUCKET_S

BUCKET = timedelta(seconds=BUCKET_S)
_WORK = ("fold_spans", "fold_links", "fold_swap", "fold_ins", "fold_outs", "fold_calls", "fold_retried")
_TABLES = ("edges", "nodes", "parts", "operations", "first_seen")
# So few orphans are looked up in all that is kept; more of them within an hour, since each is asked of every granule.
_FEW_ORPHANS = 100
_SOME_WAY = timedelta(hours=1)
_ALL = (datetime.fromisoformat("1970-01-01T00:00:00Z"), datetime.fromisoformat("2106-01-01T00:00:00Z"))


@dataclass(frozen=True, slots=True)
class Run:
    """Buckets to compute, from `since` to `until` inclusive. `settled`: the newest bucket old enough to be final."""

    since: datetime
    until: datetime
    settled: datetime
    generation: int


def learn_owners(engine: Engine) -> None:
    """Take the owners known now as those that calls of the next runs may name."""
    engine.execute("TRUNCATE TABLE fold_known")
    run(engine, "known")


def fold(engine: Engine, buckets: Run) -> tuple[int, list[int]]:
    """Write every signal of a run's buckets anew. Answers how many spans were read, and the buckets (Unix seconds) of
    calls whose answer was found far away: they are wrong until computed again."""
    for table in _WORK:
        engine.execute(f"TRUNCATE TABLE {table}")
    read = {"since": buckets.since - BUCKET, "until": buckets.until + BUCKET, "settled": buckets.settled}
    run(engine, "spans", **read)
    spans = _count(engine)
    if spans:
        _climb(engine, read)
    own = {"since": buckets.since, "until": buckets.until, "settled": buckets.settled, "generation": buckets.generation}
    if spans:
        run(engine, "arrivals", **own)
        run(engine, "retried", **own)
        run(engine, "unanswered", **own)
    far = _far_answers(engine) if spans else []
    for table in _TABLES:
        run(engine, table, **own)
    return spans, far


def _climb(engine: Engine, read: dict[str, Any]) -> None:
    """Give every span its parent, every `in` its caller, every `out` the call it belongs to; then the messages."""
    shape = _link(engine, read)
    if shape["orphans"] and _fetch_far(engine, read, shape["orphans"]):
        engine.execute("TRUNCATE TABLE fold_links")
        shape = _link(engine, read)
    run(engine, "ins", **read)
    run(engine, "outs", **read)
    for name in ("ins", "outs"):
        if shape[name]:
            run(engine, f"{name}_climb", **read)
    if shape["messages"]:
        run(engine, "messages", **read)


def _link(engine: Engine, read: dict[str, Any]) -> dict[str, Any]:
    ids = engine.query("SELECT count() = uniqExact(k) AS own FROM fold_spans")[0]
    run(engine, "links" if ids["own"] else "links_shared", **read)
    shape = ask(engine, "shape", **read)[0]
    if shape["autos"]:
        run(engine, "auto", **read)
        shape = ask(engine, "shape", **read)[0]
    return shape


def _fetch_far(engine: Engine, read: dict[str, Any], orphans: int) -> bool:
    """Look for missing parents outside the run; whether any came."""
    near = (read["since"] - _SOME_WAY, read["until"] + _SOME_WAY)
    oldest, newest = _ALL if orphans <= _FEW_ORPHANS else near
    before = _count(engine)
    run(engine, "far", oldest=oldest, newest=newest, **read)
    return _count(engine) > before


def _far_answers(engine: Engine) -> list[int]:
    called = [int(row["called"]) for row in ask(engine, "new_answers")]
    if called:
        run(engine, "far_answers")
    return called


def _count(engine: Engine) -> int:
    return int(engine.query("SELECT count() AS n FROM fold_spans")[0]["n"])
