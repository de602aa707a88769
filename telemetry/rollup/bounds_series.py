"""Series of metrics beyond a number of label sets are not told apart: labels with too many values count as `other`.

A label set is what a metric's series say but for `le`, so that a histogram's buckets stay together. Sets that are read
stay read; each series beyond keeps its own differences, so that totals stay exact."""

from dataclasses import dataclass
from datetime import datetime

from telemetry.engine.engine import Engine
from telemetry.rollup.question import ask, run


@dataclass(frozen=True, slots=True)
class SeriesBounds:
    """Label sets of one metric that are told apart: of a sender, and of all; of each sender `always` so many. `values`
    of a label are few enough to keep it."""

    sender: int = 20_000
    in_all: int = 200_000
    always: int = 200
    values: int = 200


USUAL = SeriesBounds()


def bound_series(engine: Engine, since: datetime, until: datetime, bounds: SeriesBounds) -> bool:
    """Find those of `fold_waiting`, sent in the buckets [since, until], that are beyond; whether there are any.

    Their labels to leave out are in `fold_beyond`, and what a warning says of them in `series_crowded`."""
    engine.execute("TRUNCATE TABLE fold_beyond")
    limits = {"of_sender": bounds.sender, "in_all": bounds.in_all, "always": bounds.always, "values": bounds.values}
    if not ask(engine, "series_near", **limits)[0]["near"]:
        return False
    for table in ("fold_many", "fold_values"):
        engine.execute(f"TRUNCATE TABLE {table}")
    run(engine, "series_many", **limits)
    if not engine.query("SELECT count() AS n FROM fold_many")[0]["n"]:
        return False
    run(engine, "series_left_out", since=since, until=until, **limits)
    return True
