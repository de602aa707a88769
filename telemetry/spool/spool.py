"""The spool: durable when `append` returns, bounded, and in the order of arrival for each signal.

One thread writes. It takes all that waits, writes it, syncs once, and answers all of it: the busier, the more records
share a sync. Sealed segments wait for the loader; a crash leaves files, and `open` makes segments of them again."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread

from telemetry import counters
from telemetry.engine.engine import Signal
from telemetry.spool.identity import Identity
from telemetry.spool.sealed import Segment, found
from telemetry.spool.writer import Writer, recover

log = logging.getLogger(__name__)

MIB = 1024 * 1024
SEAL_S: Mapping[Signal, float] = {Signal.TRACES: 0.5, Signal.METRICS: 2.0, Signal.LOGS: 2.0, Signal.WRITE: 2.0}
SYNC_EVERY_S = 0.002
"""Least time between two syncs: each costs a quarter of a millisecond of CPU, however few records share it."""
OVERHEAD_BYTES = 48  # of a record in a segment: length, number, id, checksum


class SpoolFull(Exception):
    """There is no room; there will be when the engine has caught up."""

    def __init__(self, held: int, bound: int) -> None:
        super().__init__(f"the spool holds {held} of {bound} bytes")
        self.held, self.bound = held, bound


class SpoolFailed(Exception):
    """The disk refused a record, or the spool is closed: nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class State:
    """What a spool holds: bytes in all, sealed segments the engine does not have yet, the most bytes there may be, and
    records set aside in quarantine (they count apart)."""

    bytes: int
    segments: int
    max_bytes: int
    quarantined: int


@dataclass(slots=True)
class _Waiting:
    signal: Signal
    record: bytes
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[None]"


def _answer(waiting: list[_Waiting], error: Exception | None) -> None:
    """Runs on the loop of the callers, once for all of them."""
    for one in waiting:
        if one.future.done():
            continue  # its sender hung up
        if error is None:
            one.future.set_result(None)
        else:
            one.future.set_exception(error)


def _tell(waiting: list[_Waiting], error: Exception | None) -> None:
    """Answer the callers of `append`, each on its own loop."""
    for loop in {one.loop for one in waiting}:
        mine = [one for one in waiting if one.loop is loop]
        try:
            loop.call_soon_threadsafe(_answer, mine, error)
        except RuntimeError:
            continue  # that loop has ended; nobody waits there any more


class Spool:
    """`append` from any event loop, the rest from any thread. Open it with `Spool.open`, end it with `close`."""

    def __init__(self, folder: Path, identity: Identity, writer: Writer, max_bytes: int, sealed: list[Segment]) -> None:
        self.folder, self.max_bytes = folder, max_bytes
        self._identity, self._writer = identity, writer
        self._changed = Condition()
        self._queue: list[_Waiting] = []
        self._sealed: deque[Segment] = deque(sealed)
        self._claimed = 0
        self._bytes = sum(segment.size for segment in sealed)
        self._seal_asked = 0
        self._seal_done = 0
        self._next_sync = 0.0
        self._closing = False
        self._thread = Thread(target=self._run, name="spool-writer", daemon=True)
        self._thread.start()

    @classmethod
    def open(
        cls, folder: Path, max_bytes: int = 2048 * MIB, seal_bytes: int = 16 * MIB,
        seal_s: Mapping[Signal, float] = SEAL_S, unix: Callable[[], float] = time.time,
    ) -> "Spool":  # fmt: skip
        """Recover what is there and take the folder; raises SpoolTaken if another process has it."""
        identity = Identity(folder)
        try:
            sealed: list[Segment] = []
            for segment, was_open in found(folder):
                kept = recover(folder, segment) if was_open else segment
                if kept is not None:
                    sealed.append(kept)
            writer = Writer(folder, identity, seal_bytes, seal_s, unix)
            return cls(folder, identity, writer, max_bytes, sealed)
        except BaseException:
            identity.close()
            raise

    @property
    def id(self) -> int:
        return self._identity.id

    @property
    def newest(self) -> int:
        """The number of the newest segment made."""
        return self._identity.newest

    def state(self) -> State:
        quarantined = sum(1 for _ in (self.folder / "quarantine").glob("*.bin"))
        with self._changed:
            return State(self._bytes, len(self._sealed) + self._claimed, self.max_bytes, quarantined)

    async def append(self, signal: Signal, record: bytes) -> None:
        """Durable when it returns. Raises SpoolFull or SpoolFailed; then nothing of it is kept."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(signal, record, loop, loop.create_future())
        size = len(record) + OVERHEAD_BYTES
        with self._changed:
            if self._closing:
                raise SpoolFailed("MeshUI is stopping")
            if self._bytes + size > self.max_bytes:
                counters.spool_refusals.add()
                raise SpoolFull(self._bytes, self.max_bytes)
            self._bytes += size
            self._queue.append(waiting)
            if len(self._queue) == 1:
                self._changed.notify_all()
        await waiting.future

    def seal(self) -> None:
        """Seal what is open and return when it is; what was appended before is then in sealed segments."""
        with self._changed:
            self._seal_asked += 1
            mine = self._seal_asked
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._seal_done >= mine or not self._thread.is_alive())

    def claim(self) -> Segment | None:
        """The oldest sealed segment that nobody works on, if any. End it with `done`. Works after `close` as well."""
        with self._changed:
            if not self._sealed:
                return None
            self._claimed += 1
            return self._sealed.popleft()

    def done(self, segment: Segment) -> None:
        """The engine has it for good: remove the file and give its bytes back."""
        segment.path.unlink(missing_ok=True)
        with self._changed:
            self._claimed -= 1
            self._bytes -= segment.size
        counters.spool_bytes.set(self._bytes)

    def close(self) -> None:
        """Take no more, write and seal what waits, free the folder. Sealed segments may still be claimed and loaded;
        those that are not stay for the next start."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self._identity.close()

    def _run(self) -> None:
        try:
            while self._beat():
                pass
        except BaseException:
            log.exception("The spool's writer ended; no more data is taken until MeshUI is started again")
            raise
        finally:
            with self._changed:
                self._closing = True
                queue, self._queue = self._queue, []
                self._changed.notify_all()
            _tell(queue, SpoolFailed("the spool's writer has ended"))

    def _beat(self) -> bool:
        """Wait for something to do and do it; False when that was the last."""
        with self._changed:
            if not self._queue and not self._closing and self._seal_asked == self._seal_done:
                self._changed.wait(self._writer.next_due_s(time.monotonic()))
        time.sleep(max(0.0, self._next_sync - time.monotonic()))
        with self._changed:
            queue, self._queue = self._queue, []
            asked, closing = self._seal_asked, self._closing
        if queue:
            self._next_sync = time.monotonic() + SYNC_EVERY_S
            self._write(queue)
        force = asked > self._seal_done or closing
        for signal in self._writer.signals() if force else self._writer.due(time.monotonic()):
            self._seal(signal)
        if force:
            with self._changed:
                self._seal_done = asked
                self._changed.notify_all()
        return not closing

    def _seal(self, signal: Signal) -> None:
        try:
            self._keep(self._writer.seal(signal))
        except OSError as error:
            log.warning("A segment of %s could not be sealed, it is tried again: %s", signal, error)
            self._writer.postpone(signal, time.monotonic())

    def _write(self, queue: list[_Waiting]) -> None:
        for signal in Signal:
            waiting = [one for one in queue if one.signal is signal]
            if waiting:
                self._write_signal(signal, waiting)

    def _write_signal(self, signal: Signal, waiting: list[_Waiting]) -> None:
        asked = sum(len(one.record) + OVERHEAD_BYTES for one in waiting)
        error: Exception | None = None
        size = 0
        started = time.perf_counter()
        try:
            size, full = self._writer.write(signal, [one.record for one in waiting], time.monotonic())
            counters.fsync_seconds.record(time.perf_counter() - started)
            if full:
                self._seal(signal)
        except OSError as failure:
            counters.spool_refusals.add(len(waiting))
            error = SpoolFailed(failure.strerror or str(failure))
        with self._changed:
            self._bytes += size - asked
        counters.spool_bytes.set(self._bytes)
        _tell(waiting, error)

    def _keep(self, sealed: Segment | None) -> None:
        if sealed is None:
            return
        with self._changed:
            self._sealed.append(sealed)
            self._changed.notify_all()
