"""Sealed segments → engine, each once. What the engine refuses is searched for the record at fault (work.py); what it
cannot take now waits and is repeated. A segment's file goes only after `loaded` has it."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock

from telemetry import counters
from telemetry.engine.engine import Engine, EngineError
from telemetry.spool.quarantine import Quarantine, Reason
from telemetry.spool.spool import Spool
from telemetry.spool.targets import Targets
from telemetry.spool.work import Parts, Work, clean_up

log = logging.getLogger(__name__)

WAITING = frozenset({173, 241, 74, 75, 76, 242, 243, 252})
"""Memory, disk, too many parts (ClickHouse's codes): these pass, so they never count against the data."""
MOST_FAILURES = 5
LONGEST_PAUSE_S = 10.0
FORGETS_AFTER = 500
"""Segments after which the engine may not know a token any more, well inside its window of 10,000."""
LAG_SAMPLES = 200


@dataclass(frozen=True, slots=True)
class LoaderState:
    """`stuck`: why and since when nothing can be loaded, None while all is well. `quarantined`: the newest reason since
    the start. `queryable_p95_s`: from a segment's first record written to the segment queryable, of the last 200."""

    stuck: str | None
    stuck_since: datetime | None
    quarantined: Reason | None
    queryable_p95_s: float | None


class Loader:
    """`load_sealed` may be called by several threads at once; each works on segments of its own."""

    def __init__(self, spool: Spool, engine: Engine, now: Callable[[], datetime], first_pause_s: float = 0.2) -> None:
        self._spool, self._engine, self._now = spool, engine, now
        self._first_pause_s = first_pause_s
        self._quarantine = Quarantine(spool.folder)
        self._parts = Parts(engine, Targets(engine), self._quarantine)
        self._lock = Lock()
        self._waiting: deque[Work] = deque()
        self._trouble_next = False
        self._pause_s = first_pause_s
        self._paused_until = 0.0
        self._stuck: tuple[str, datetime] | None = None
        self._lags: deque[float] = deque(maxlen=LAG_SAMPLES)
        self._stopping = Event()
        clean_up(spool.folder)

    def load_sealed(self) -> int:
        """Load all that can be loaded now; answers how many segments were finished."""
        finished = 0
        while not self._stopping.is_set() and time.monotonic() >= self._paused_until:
            work = self._take()
            if work is None:
                break
            finished += self._step(work)
        return finished

    def drain(self, timeout_s: float) -> bool:
        """Load what is sealed until nothing is left or time is over; True if nothing is left. Ends the loader."""
        ends = time.monotonic() + timeout_s
        while self._spool.state().segments and time.monotonic() < ends:
            self.load_sealed()
            self._stopping.wait(min(0.02, max(0.0, ends - time.monotonic())))
        self.stop()
        return not self._spool.state().segments

    def stop(self) -> None:
        """No further INSERT is begun. What is not loaded stays in the spool."""
        self._stopping.set()

    def state(self) -> LoaderState:
        with self._lock:
            lags = sorted(self._lags)
            stuck = self._stuck
        p95 = lags[int(0.95 * (len(lags) - 1))] if lags else None
        return LoaderState(stuck and stuck[0], stuck and stuck[1], self._quarantine.last(), p95)

    def _take(self) -> Work | None:
        """In turn a new segment and one that gave trouble, so that neither holds up the other."""
        with self._lock:
            now = time.monotonic()
            ready = next((work for work in self._waiting if work.not_before <= now), None)
            if ready is None or not self._trouble_next:
                segment = self._spool.claim()
                if segment is not None:
                    self._trouble_next = True
                    return Work(segment, self._parts, self._spool.newest)
            self._trouble_next = False
            if ready is not None:
                self._waiting.remove(ready)
            return ready

    def _step(self, work: Work) -> int:
        """One INSERT of one segment; 1 if that finished it."""
        if self._spool.newest - work.sure_at > FORGETS_AFTER:
            work.doubt(self._spool.newest)
        started = time.perf_counter()
        try:
            finished = work.step(self._now())
        except (EngineError, OSError) as error:
            self._failed(work, error)
            return 0
        self._went_well()
        if not finished:
            self._put_back(work)
            return 0
        counters.load_seconds.record(time.perf_counter() - started)
        self._finish(work)
        return 1

    def _finish(self, work: Work) -> None:
        segment = work.segment
        self._spool.done(segment)
        work.tidy()
        counters.segments_loaded.add(1, {"signal": segment.signal})
        if segment.began:
            lag = max(0.0, self._now().timestamp() - segment.began)
            counters.queryable_seconds.record(lag)
            with self._lock:
                self._lags.append(lag)

    def _failed(self, work: Work, error: Exception) -> None:
        """Repeat the step: after a pause if the engine is away; five times the same is a data error."""
        code = getattr(error, "code", 0)
        counters.segments_repeated.add(1, {"code": str(code)})
        if isinstance(error, OSError) or code in WAITING or not self._answers():
            self._pause(error)
            self._put_back(work)
            return
        work.failures += 1
        log.warning("Segment %s, attempt %d: %s", work.segment.token, work.failures, error)
        if work.failures >= MOST_FAILURES:
            try:
                work.refused(error, self._now())
            except (EngineError, OSError) as again:
                self._pause(again)
        else:
            work.not_before = time.monotonic() + self._first_pause_s * 2**work.failures
        self._put_back(work)

    def _answers(self) -> bool:
        try:
            return bool(self._engine.query("SELECT 1 AS n"))
        except EngineError:
            return False

    def _put_back(self, work: Work) -> None:
        with self._lock:
            self._waiting.append(work)

    def _pause(self, error: Exception) -> None:
        with self._lock:
            if self._stuck is None:
                log.warning("Nothing can be loaded now, it is tried again: %s", error)
            self._stuck = (str(error), self._stuck[1] if self._stuck else self._now())
            self._paused_until = time.monotonic() + self._pause_s
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)

    def _went_well(self) -> None:
        with self._lock:
            self._stuck = None
            self._pause_s = self._first_pause_s
