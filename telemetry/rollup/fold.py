"""Folds the spans of a run of neighbouring buckets into calls, and the calls into the roll-up tables, all in SQL.

A run is read with one bucket more on each side, since a call and its answer may stand on either side of a border. What
is decided between two spans depends on the distance of their buckets only, never on what else a run happened to read,
so that any cut into runs gives the same numbers. docs/decisions/003-folding.md says what counts as what."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telemetry.engine.engine import Engine, Row
from telemetry.rollup.bounds import MOST_NAMES, bound_calls
from telemetry.rollup.question import ask, run
from telemetry.window import BUCKET_S

BUCKET = timedelta(seconds=BUCKET_S)
_WORK = (
    "fold_spans",
    "fold_once",
    "fold_links",
    "fold_swap",
    "fold_ins",
    "fold_outs",
    "fold_heard",
    "fold_calls",
    "fold_retried",
)
_OFTEN = ("edges", "nodes")
_SELDOM = ("parts", "operations")
# So few orphans are looked up in all that is kept; more of them within an hour, since each is asked of every granule.
_FEW_ORPHANS = 100
_SOME_WAY = timedelta(hours=1)
_ALL = (datetime.fromisoformat("1970-01-01T00:00:00Z"), datetime.fromisoformat("2106-01-01T00:00:00Z"))


@dataclass(frozen=True, slots=True)
class Run:
    """Buckets to compute, from `since` to `until` inclusive. `settled`: the newest bucket old enough to be final.
    `fresh`: what is seen in them may be seen for the first time. `whole`: versions and operations as well.
    `names`: most operations of a service, and hosts of a caller, that are told apart."""

    since: datetime
    until: datetime
    settled: datetime
    generation: int
    fresh: bool = True
    whole: bool = True
    names: int = MOST_NAMES


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
    own = {"since": buckets.since, "until": buckets.until, "settled": buckets.settled, "generation": buckets.generation}
    called: list[int] = []
    run(engine, "spans", **read)
    spans, shared = _once(engine)
    if spans:
        _climb(engine, read, shared=shared)
        far = _judge(engine, own, buckets)
        called = _far_answers(engine) if far else []
    tables = _OFTEN + (_SELDOM if buckets.whole else ()) + (("first_seen",) if spans and buckets.fresh else ())
    # Most of a small statement is its analysis, on one core: two at a time reach the page sooner.
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run, engine, table, **own) for table in tables]:
            done.result()
    if called:
        run(engine, "far_answers")
    return spans, called


def _once(engine: Engine) -> tuple[int, bool]:
    """Leave each span once. Answers how many there are, and whether spans of several owners or roles share an id."""
    ids = ask(engine, "ids")[0]
    if ids["spans"] != ids["ids"]:
        run(engine, "once")
        ids = ask(engine, "ids")[0]
    return ids["spans"], ids["spans"] != ids["ids"]


def _climb(engine: Engine, read: dict[str, Any], *, shared: bool) -> None:
    """Give every span its parent, every `in` its caller, every `out` the call it belongs to."""
    shape = _link(engine, read, shared=shared)
    if shape["orphans"] and _fetch_far(engine, read, shape["orphans"]):
        engine.execute("TRUNCATE TABLE fold_links")
        shape = _link(engine, read, shared=_once(engine)[1])
    run(engine, "ins")
    run(engine, "outs")
    for climb in ("ins", "outs"):
        if shape[climb]:
            run(engine, f"{climb}_climb")
    if shape["messages"]:
        run(engine, "messages")


def _link(engine: Engine, read: dict[str, Any], *, shared: bool) -> Row:
    run(engine, "links_shared" if shared else "links")
    shape = ask(engine, "shape", **read)[0]
    if shape["autos"]:
        run(engine, "auto")
        shape = ask(engine, "shape", **read)[0]
    return shape


def _fetch_far(engine: Engine, read: dict[str, Any], orphans: int) -> bool:
    """Look for missing parents outside the run; whether any came."""
    near = (read["since"] - _SOME_WAY, read["until"] + _SOME_WAY)
    oldest, newest = _ALL if orphans <= _FEW_ORPHANS else near
    before = _count(engine)
    run(engine, "far", oldest=oldest, newest=newest, **read)
    return _count(engine) > before


def _count(engine: Engine) -> int:
    return int(engine.query("SELECT count() AS spans FROM fold_spans")[0]["spans"])


def _judge(engine: Engine, own: dict[str, Any], buckets: Run) -> bool:
    """Make calls of what was climbed to; whether one was answered more than a bucket away."""
    for step in ("arrivals", "unanswered"):
        run(engine, step, **own)
    bound_calls(engine, buckets.since, buckets.until, buckets.names)
    run(engine, "judge", **own)
    attempts = ask(engine, "attempts")[0]
    if attempts["several"]:
        run(engine, "retried")
    return bool(attempts["far"])


def _far_answers(engine: Engine) -> list[int]:
    return [int(row["called"]) for row in ask(engine, "new_answers")]
