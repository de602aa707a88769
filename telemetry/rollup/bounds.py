"""What one service makes without end (paths, hosts it calls) is kept up to a number of names; the rest is `other`.

The first names met are kept, in the order in which they were seen within a run; nothing is displaced by what comes
later, so that a graph does not change its mind. Totals stay exact: only names are lost (mesh-telemetry.md §9, 51)."""

from datetime import datetime

from telemetry.engine.engine import Engine, Signal
from telemetry.rollup.question import ask, run

MOST_NAMES = 200
"""Operations of a service, and hosts outside that one caller calls, that are told apart."""


def bound_calls(engine: Engine, since: datetime, until: datetime, most: int) -> None:
    """Leave at most `most` names of each kind in `fold_heard`, the calls of the spans of a run of buckets."""
    if _over(engine, "bounds_calls", since=since, until=until, most=most, signal=Signal.TRACES.value):
        run(engine, "bounds_calls_over")


def bound_said(engine: Engine, signal: Signal, since: datetime, until: datetime, most: int) -> None:
    """The same of `fold_resolved`, what metrics or logs said of a run's buckets."""
    if _over(engine, "bounds_said", since=since, until=until, most=most, signal=signal.value):
        run(engine, "bounds_said_over")


def _over(engine: Engine, met: str, **params: datetime | int | str) -> bool:
    """Keep what there is room for; whether there was not room for all."""
    for table in ("fold_met", "fold_over"):
        engine.execute(f"TRUNCATE TABLE {table}")
    run(engine, met, **params)
    if not ask(engine, "bounds_met")[0]["n"]:
        return False
    run(engine, "bounds", **params)
    return bool(ask(engine, "bounds_over")[0]["n"])
