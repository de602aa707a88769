"""From what metrics or logs said of a run of buckets to the roll-ups: names become ids, each pair gets its side, each
dialect its rows. What several dialects say of one pair stays apart until it is read (telemetry/evidence.py)."""

from concurrent.futures import ThreadPoolExecutor

from telemetry.engine.engine import Engine, Signal
from telemetry.rollup.bounds import bound_said
from telemetry.rollup.fold import Run
from telemetry.rollup.question import run

_OFTEN = ("said_edges", "said_nodes")
_SELDOM = ("said_parts", "said_operations")


def empty(engine: Engine) -> None:
    """Make room for what is to be said of the next run."""
    for table in ("fold_said", "fold_resolved", "fold_servers"):
        engine.execute(f"TRUNCATE TABLE {table}")


def settle(engine: Engine, signal: Signal, buckets: Run) -> None:
    """Write the signals of a run's buckets anew from `fold_said` and `fold_servers`, for the dialects of one signal."""
    own = {
        "since": buckets.since,
        "until": buckets.until,
        "settled": buckets.settled,
        "generation": buckets.generation,
        "logs": signal == Signal.LOGS,
    }
    run(engine, "resolve", **own)
    bound_said(engine, signal, buckets.since, buckets.until, buckets.names)
    tables = (*_OFTEN, *(_SELDOM if buckets.whole else ()), "said_first_seen")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run, engine, table, **own) for table in tables]:
            done.result()
