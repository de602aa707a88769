"""Brings the roll-ups up to date: the buckets that new segments touched are computed again from raw rows, newest first.

Nothing is added up twice: a bucket's rows are replaced, so any order and repetition of refreshes equals one. What is
still to do is kept in memory; a restart finds it again, since a segment is written to `refreshed` only when all is done
for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from weakref import WeakKeyDictionary

from telemetry.engine.engine import Engine, Signal
from telemetry.rollup import said
from telemetry.rollup.bounds import MOST_NAMES
from telemetry.rollup.deltas import reach
from telemetry.rollup.fold import Run, fold, learn_owners
from telemetry.rollup.metrics import fold_metrics, read_series
from telemetry.rollup.question import ask
from telemetry.rollup.records import fold_records
from telemetry.rollup.todo import Todo, fitting
from telemetry.window import BUCKET_S, bucket_of

LATENESS_S = 10.0
_RENAMED_WITHIN = timedelta(minutes=10)
_SPANS_A_RUN = 1_000_000
_ROWS_A_RUN = 1_000_000
# Beyond so many, a bucket costs more to compute than a statement costs to start.
_SPANS_AT_ONCE = 50_000
_BUCKETS_A_RUN = 60
_RUNS_AN_EPOCH = 32
SAYERS: dict[Signal, Callable[[Engine, Run], None]] = {Signal.LOGS: fold_records, Signal.METRICS: fold_metrics}
"""Who says what of a run's buckets besides spans, by signal: each fills `fold_said` and `fold_servers`."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: buckets computed, buckets still to do, spans read, seconds taken."""

    buckets: int
    left: int
    spans_seen: int
    took_s: float


@dataclass
class _Queue:
    """What is to be done for one engine, by signal. `owners`: who is known to send something; 1 if a gateway."""

    epoch: int
    runs: int = 0
    todo: dict[Signal, Todo] = field(default_factory=lambda: {signal: Todo() for signal in (Signal.TRACES, *SAYERS)})
    owners: dict[str, int] = field(default_factory=dict)

    def next_generation(self) -> int:
        self.runs += 1
        return self.epoch << _RUNS_AN_EPOCH | self.runs

    def ready(self) -> bool:
        return any(todo.is_ready(monotonic()) for todo in self.todo.values())

    def left(self) -> int:
        return sum(len(todo.stale) for todo in self.todo.values())


@dataclass(frozen=True, slots=True)
class _When:
    """`settled`: the newest bucket old enough to be final. `rest`, `names`: as in `refresh`."""

    now: datetime
    settled: int
    seldom_s: float
    rest: float
    names: int


_queues: WeakKeyDictionary[Engine, _Queue] = WeakKeyDictionary()


def refresh(
    engine: Engine,
    now: datetime,
    budget_s: float = 2.0,
    *,
    lateness_s: float = LATENESS_S,
    seldom_s: float = 0.0,
    rest: float = 0.0,
    names: int = MOST_NAMES,
) -> Refreshed:
    """Compute what is out of date, newest first, for about `budget_s`; what is left waits for the next call. Versions
    and operations of buckets that are not final are computed again after `seldom_s` only, metrics and logs once they
    have rested `rest` times as long as they took. `names`: as in `Run`.

    At least one run of buckets of each signal is computed. One caller at a time for one database."""
    began = monotonic()
    queue = _queues.get(engine) or _queue_of(engine)
    when = _When(now, int(now.timestamp() - lateness_s - BUCKET_S) // BUCKET_S * BUCKET_S, seldom_s, rest, names)
    _take_segments(engine, queue)
    for todo in queue.todo.values():
        todo.ripen(when.settled)
    if queue.left():
        _take_owners(engine, queue, now)
    buckets = spans = 0
    first = True
    while queue.ready() and (first or monotonic() - began < budget_s):
        for signal, todo in queue.todo.items():
            if todo.is_ready(monotonic()):
                done, read = _next_run(engine, queue, signal, when)
                buckets += done
                spans += read
        first = False
    _finish_segments(engine, queue, now)
    return Refreshed(buckets, queue.left(), spans, monotonic() - began)


def _queue_of(engine: Engine) -> _Queue:
    engine.execute("INSERT INTO fold_epochs SELECT max(e.epoch) + 1 AS epoch FROM fold_epochs AS e")
    queue = _Queue(int(engine.query("SELECT max(epoch) AS epoch FROM fold_epochs")[0]["epoch"]))
    _queues[engine] = queue
    return queue


def _take_segments(engine: Engine, queue: _Queue) -> None:
    for row in ask(engine, "unrefreshed"):
        # A segment that touched no bucket has one, 0, from the join, and no signal: nothing to compute.
        signal = Signal(row["signal"] or Signal.TRACES)
        touched = {int(bucket) for bucket in row["buckets"] if bucket}
        queue.todo[signal].take((int(row["spool"]), int(row["segment"])), touched)


def _take_owners(engine: Engine, queue: _Queue, now: datetime) -> None:
    """Learn who sends something; what named a new owner otherwise within the last 10 minutes is out of date."""
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
    if not new:
        return
    names = [node.partition("/")[2] for node in new]
    for row in ask(engine, "renamed", since=since, names=names, nodes=new):
        for signal in row["signals"]:
            if signal in queue.todo:
                queue.todo[Signal(signal)].stale.add(int(row["at"]))


def _next_run(engine: Engine, queue: _Queue, signal: Signal, when: _When) -> tuple[int, int]:
    """Compute the newest run of a signal's stale buckets; how many they are, and how many spans were read."""
    if signal != Signal.TRACES:
        return _compute_said(engine, queue, signal, when), 0
    run, read = _newest_run(engine, queue.todo[signal])
    return len(run), _compute(engine, queue, run, when, at_leisure=read > _SPANS_AT_ONCE)


def _newest_run(engine: Engine, todo: Todo) -> tuple[list[int], int]:
    """The newest stale bucket and those just before it, as many as memory allows; how many spans are read for them."""
    run = todo.newest_run(BUCKET_S, _BUCKETS_A_RUN)
    # Two buckets more on each side: the neighbours are computed as well, and theirs are read.
    around = ask(engine, "sizes", since=_time(run[-1] - 2 * BUCKET_S), until=_time(run[0] + 2 * BUCKET_S))
    size = {int(row["at"]): int(row["spans"]) for row in around}
    first = sum(size.get(run[0] + step * BUCKET_S, 0) for step in (2, 1, 0, -1, -2))
    costs = [first, *(size.get(bucket - 2 * BUCKET_S, 0) for bucket in run[1:])]
    length = fitting(costs, _SPANS_A_RUN)
    return run[:length], sum(costs[:length])


def _newest_said(engine: Engine, todo: Todo, signal: Signal) -> set[int]:
    """The same of points or log records, of which no neighbours are computed."""
    run = todo.newest_run(BUCKET_S, _BUCKETS_A_RUN)
    found = ask(engine, "sizes_said", signal=signal.value, since=_time(run[-1]), until=_time(run[0]))
    size = {int(row["at"]): int(row["rows"]) for row in found}
    return set(run[: fitting([size.get(bucket, 0) for bucket in run], _ROWS_A_RUN)])


def _compute(engine: Engine, queue: _Queue, run: list[int], when: _When, *, at_leisure: bool) -> int:
    """Compute a run of stale buckets, and the neighbours of those that got spans: their calls may have gained an end.

    `at_leisure`: neighbours that are computed once more anyway, when they are final, wait for that."""
    todo, now = queue.todo[Signal.TRACES], when.now.timestamp()
    done = set(run)
    beside = {bucket + step for bucket in done & todo.dirty for step in (-BUCKET_S, BUCKET_S)} - done
    waiting = {bucket for bucket in beside if at_leisure and bucket > when.settled}
    wanted = done | (beside - waiting)
    fresh = bool(done - todo.open)
    whole = todo.wants_whole(wanted, when.settled, now, when.seldom_s)
    since, until, generation = _time(min(wanted)), _time(max(wanted)), queue.next_generation()
    spans, called = fold(engine, Run(since, until, _time(when.settled), generation, fresh, whole, when.names))
    if whole:
        todo.wrote_whole(wanted, when.settled, now)
    todo.computed(done, when.settled, waiting)
    todo.stale |= set(called)
    return spans


def _compute_said(engine: Engine, queue: _Queue, signal: Signal, when: _When) -> int:
    """Compute the newest run of buckets of which metrics or logs say something; how many there were."""
    todo, now, began = queue.todo[signal], when.now.timestamp(), monotonic()
    if signal == Signal.METRICS and todo.dirty:
        # Series that nobody has read yet. And a point says what happened since the one before it, so more is stale.
        if read_series(engine, _time(min(todo.dirty)), _time(max(todo.dirty))):
            _take_owners(engine, queue, when.now)
        todo.stale |= reach(engine, todo.dirty)
        todo.dirty.clear()
    done = _newest_said(engine, todo, signal)
    whole = todo.wants_whole(done, when.settled, now, when.seldom_s)
    run = Run(_time(min(done)), _time(max(done)), _time(when.settled), queue.next_generation(), True, whole, when.names)
    said.empty(engine)
    SAYERS[signal](engine, run)
    said.settle(engine, signal, run)
    if whole:
        todo.wrote_whole(done, when.settled, now)
    todo.computed(done, when.settled)
    todo.rests_until = monotonic() + when.rest * (monotonic() - began)
    return len(done)


def _finish_segments(engine: Engine, queue: _Queue, now: datetime) -> None:
    ended = [segment for todo in queue.todo.values() for segment in todo.finished()]
    engine.insert_rows("refreshed", [{"spool": spool, "segment": segment, "at": now} for spool, segment in ended])


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
