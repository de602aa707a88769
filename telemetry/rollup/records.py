"""From access-log records to what was said of requests: `access` is read, the two sides of a call are joined, and the
rest goes on in the words that metrics use too (said.py). docs/senders/access-logs.md says what counts as what.

A run is read with two buckets more on each side: the two sides of a call are at most one apart, and which of several
records one answers depends on those at most one further. So any cut into runs gives the same rows."""

from datetime import timedelta

from telemetry.engine.engine import Engine
from telemetry.rollup.fold import BUCKET, Run
from telemetry.rollup.question import run

RANK = 40
_SPEAKS_FOR = timedelta(minutes=15)


def fold_records(engine: Engine, buckets: Run) -> None:
    """Add to `fold_said` (dialect `logs`) what access logs say of a run's buckets, and to `fold_servers` who of the
    called writes some. Owners are those of `fold_known`."""
    for table in ("fold_access", "fold_entered"):
        engine.execute(f"TRUNCATE TABLE {table}")
    run(engine, "records_read", since=buckets.since - 2 * BUCKET, until=buckets.until + 2 * BUCKET)
    run(engine, "records_join")
    own = {"since": buckets.since, "until": buckets.until, "settled": buckets.settled, "rank": RANK}
    for step in ("records_called", "records_received"):
        run(engine, step, **own)
    run(engine, "records_servers", since=buckets.since - _SPEAKS_FOR, until=buckets.until)
