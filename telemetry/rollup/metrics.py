"""From points of metrics to what they say of requests: series are read once, by what the dialects declare; counters
become deltas (deltas.py), and deltas what was said of a bucket, in the same form as logs have it (said.py)."""

from datetime import datetime, timedelta
from weakref import WeakSet

from telemetry.dialects.learn import learn
from telemetry.engine.engine import Engine
from telemetry.rollup.bounds_series import USUAL, SeriesBounds, bound_series
from telemetry.rollup.deltas import shares
from telemetry.rollup.fold import Run
from telemetry.rollup.question import ask, run

# A service whose proxies were silent for so long is in no mesh: then its callers' word counts (mesh-telemetry.md §1.5).
_SPEAKS_FOR = timedelta(minutes=15)
_AT_ONCE = 20_000
_taught: WeakSet[Engine] = WeakSet()


def read_series(engine: Engine, since: datetime, until: datetime, bounds: SeriesBounds = USUAL) -> bool:
    """Read the series of the buckets [since, until] that nobody has read: who, what, how, or why not. Whether something
    was learnt that buckets before may have lacked: a node, another name of one, what a cluster is.

    One caller at a time for one database."""
    if engine not in _taught:
        learn(engine)
        _taught.add(engine)
    found, changed = _read(engine, since, until, set(), bounds)
    if changed:
        _read(engine, since, until, changed, bounds)
    return _shown(engine, since, until, bounds) or found


def fold_metrics(engine: Engine, buckets: Run) -> None:
    """Add to `fold_said` what metrics say of a run's buckets, and to `fold_servers` who of the called speaks itself."""
    shares(engine, buckets.since, buckets.until)
    for table in ("fold_clusters", "fold_clusters_known", "fold_shaken"):
        engine.execute(f"TRUNCATE TABLE {table}")
    run(engine, "said_metrics")
    run(engine, "said_gateways")
    if engine.query("SELECT count() AS series FROM readings WHERE by_cluster AND why = ''")[0]["series"]:
        run(engine, "said_stats")
    run(engine, "said_servers", since=buckets.since - _SPEAKS_FOR, until=buckets.until)


def _shown(engine: Engine, since: datetime, until: datetime, bounds: SeriesBounds) -> bool:
    """Learn what clusters show of themselves; one that leads to its owner's application is read again."""
    before = ask(engine, "clusters_count")[0]
    run(engine, "clusters_shown", since=since, until=until)
    after = ask(engine, "clusters_count")[0]
    if after["inward"] != before["inward"]:
        _read(engine, since, until, set(after["senders"]), bounds)
    return bool(after != before)


def _read(
    engine: Engine, since: datetime, until: datetime, again: set[int], bounds: SeriesBounds
) -> tuple[bool, set[int]]:
    """Read what nobody has read, and all of the senders `again`. Whether there was anything, and whose older series are
    read otherwise now."""
    engine.execute("TRUNCATE TABLE fold_waiting")
    run(engine, "readings_series", since=since, until=until, again=sorted(again))
    beyond = bound_series(engine, since, until, bounds)
    waiting = engine.query("SELECT count() AS series FROM fold_waiting")[0]["series"]
    slices = -(-waiting // _AT_ONCE)
    changed: set[int] = set()
    for slice_ in range(slices):
        for table in ("fold_series", "fold_names", "fold_labelled", "fold_fitting", "fold_told"):
            engine.execute(f"TRUNCATE TABLE {table}")
        run(engine, "readings_slice", slice=slice_, slices=slices)
        run(engine, "readings")
        if beyond:
            run(engine, "series_beyond")
        changed.update(ask(engine, "readings_again")[0]["senders"])
        run(engine, "readings_names")
    return waiting > 0, changed
