"""Brings the roll-ups up to date: the buckets that new segments touched are computed again from raw rows, newest first.

Nothing is added up twice: a bucket's rows are replaced, so any order and repetition of refreshes equals one. What is
still to do is kept in memory; a restart finds it again, since a segment is written to `refreshed` only when all is done
for it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from weakref import WeakKeyDictionary

from telemetry.engine.engine import Engine
from telemetry.rollup.fold import Run, fold, learn_owners
from telemetry.rollup.question import ask
from telemetry.window import BUCKET_S, bucket_of

LATENESS_S = 10.0
_RENAMED_WITHIN = timedelta(minutes=10)
_SPANS_A_RUN = 1_000_000
# Beyond so many, a bucket costs more to compute than a statement costs to start.
_SPANS_AT_ONCE = 50_000
_BUCKETS_A_RUN = 60
_RUNS_AN_EPOCH = 32


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: buckets computed, buckets still to do, spans read, seconds taken."""

    buckets: int
    left: int
    spans_seen: int
    took_s: float


@dataclass
class _Queue:
    """What is to be done for one engine. Buckets are Unix seconds. `stale`: to compute; `dirty`: those of them that got
    spans; `open`: to compute once more when they are old enough to be final; `segments`: each with its buckets that are
    not final."""

    epoch: int
    runs: int = 0
    stale: set[int] = field(default_factory=set)
    dirty: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)
    segments: dict[tuple[int, int], set[int]] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    whole_at: dict[int, float] = field(default_factory=dict)

    def next_generation(self) -> int:
        self.runs += 1
        return self.epoch << _RUNS_AN_EPOCH | self.runs


_queues: WeakKeyDictionary[Engine, _Queue] = WeakKeyDictionary()


def refresh(
    engine: Engine, now: datetime, budget_s: float = 2.0, *, lateness_s: float = LATENESS_S, seldom_s: float = 0.0
) -> Refreshed:
    """Compute what is out of date, newest first, for about `budget_s`; the rest waits for the next call. Versions and
    operations of buckets that are not final are computed again after `seldom_s` only.

    At least one run of buckets is computed. One caller at a time for one database."""
    began = monotonic()
    queue = _queues.get(engine) or _queue_of(engine)
    settled = int(now.timestamp() - lateness_s - BUCKET_S) // BUCKET_S * BUCKET_S
    _take_segments(engine, queue)
    ripe = {bucket for bucket in queue.open if bucket <= settled}
    queue.open -= ripe
    queue.stale |= ripe
    if queue.stale:
        _take_owners(engine, queue, now)
    buckets = spans = 0
    while queue.stale and (not buckets or monotonic() - began < budget_s):
        run, read = _newest_run(engine, queue.stale)
        spans += _compute(engine, queue, run, settled, at_leisure=read > _SPANS_AT_ONCE, now=now, seldom_s=seldom_s)
        buckets += len(run)
    _finish_segments(engine, queue, now)
    return Refreshed(buckets, len(queue.stale), spans, monotonic() - began)


def _queue_of(engine: Engine) -> _Queue:
    engine.execute("INSERT INTO fold_epochs SELECT max(e.epoch) + 1 AS epoch FROM fold_epochs AS e")
    queue = _Queue(int(engine.query("SELECT max(epoch) AS epoch FROM fold_epochs")[0]["epoch"]))
    _queues[engine] = queue
    return queue


def _take_segments(engine: Engine, queue: _Queue) -> None:
    for row in ask(engine, "unrefreshed"):
        key = (int(row["spool"]), int(row["segment"]))
        if key not in queue.segments:
            # A segment without spans has one bucket, 0, from the join: nothing to compute.
            queue.segments[key] = {int(bucket) for bucket in row["buckets"] if bucket}
            queue.dirty |= queue.segments[key]
            queue.stale |= queue.segments[key]


def _take_owners(engine: Engine, queue: _Queue, now: datetime) -> None:
    """Learn who sends spans; what named a new owner otherwise within the last 10 minutes is out of date."""
    since = bucket_of(now - _RENAMED_WITHIN)
    found = ask(engine, "owners")
    # A process that has just started cannot tell who is new but by their first span.
    new = [
        row["node"]
        for row in found
        if queue.owners.get(row["node"]) != row["gateway"]
        and (queue.owners or int(row["first_seen"]) >= since.timestamp())
    ]
    queue.owners = {row["node"]: row["gateway"] for row in found}
    learn_owners(engine)
    if new:
        names = [node.partition("/")[2] for node in new]
        queue.stale |= {int(r["at"]) for r in ask(engine, "renamed", since=since, names=names, nodes=new)}


def _newest_run(engine: Engine, stale: set[int]) -> tuple[list[int], int]:
    """The newest stale bucket and those just before it, as many as memory allows; how many spans are read for them."""
    run = [max(stale)]
    while len(run) < _BUCKETS_A_RUN and run[-1] - BUCKET_S in stale:
        run.append(run[-1] - BUCKET_S)
    # Two buckets more on each side: the neighbours are computed as well, and theirs are read.
    around = ask(engine, "sizes", since=_time(run[-1] - 2 * BUCKET_S), until=_time(run[0] + 2 * BUCKET_S))
    size = {int(row["at"]): int(row["spans"]) for row in around}
    total = sum(size.get(run[0] + step * BUCKET_S, 0) for step in (2, 1, 0, -1, -2))
    for length in range(1, len(run)):
        more = size.get(run[length] - 2 * BUCKET_S, 0)
        if total + more > _SPANS_A_RUN:
            return run[:length], total
        total += more
    return run, total


def _compute(
    engine: Engine, queue: _Queue, run: list[int], settled: int, *, at_leisure: bool, now: datetime, seldom_s: float
) -> int:
    """Compute a run of stale buckets, and the neighbours of those that got spans: their calls may have gained an end.

    `at_leisure`: neighbours that are computed once more anyway, when they are final, wait for that."""
    done = set(run)
    beside = {bucket + step for bucket in done & queue.dirty for step in (-BUCKET_S, BUCKET_S)} - done
    waiting = {bucket for bucket in beside if at_leisure and bucket > settled}
    wanted = done | (beside - waiting)
    fresh = bool(done - queue.open)
    whole = min(wanted) <= settled or any(now.timestamp() - queue.whole_at.get(b, 0) >= seldom_s for b in wanted)
    spans, called = fold(
        engine, Run(_time(min(wanted)), _time(max(wanted)), _time(settled), queue.next_generation(), fresh, whole)
    )
    if whole:
        queue.whole_at = {b: at for b, at in queue.whole_at.items() if b > settled}
        queue.whole_at |= dict.fromkeys(wanted, now.timestamp())
    queue.stale -= done
    queue.dirty -= done
    queue.open |= {bucket for bucket in done if bucket > settled} | waiting
    final = done - queue.open
    for buckets in queue.segments.values():
        buckets.difference_update(final)
    queue.stale |= set(called)
    return spans


def _finish_segments(engine: Engine, queue: _Queue, now: datetime) -> None:
    ended = [key for key, buckets in queue.segments.items() if not buckets]
    engine.insert_rows("refreshed", [{"spool": spool, "segment": segment, "at": now} for spool, segment in ended])
    for key in ended:
        del queue.segments[key]


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
