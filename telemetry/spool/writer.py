"""The open segments, one a signal: written, synced and sealed by the spool's one writer thread, and by it alone."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from telemetry.engine.engine import Signal
from telemetry.spool import segment as form
from telemetry.spool.identity import Identity, sync_folder
from telemetry.spool.sealed import Segment

MOST_PARTS = 900  # of one writev; Linux takes 1,024


def write_all(handle: int, parts: Sequence[bytes]) -> None:
    """Every byte of every part, or OSError."""
    for first in range(0, len(parts), MOST_PARTS):
        some = parts[first : first + MOST_PARTS]
        left = sum(map(len, some)) - os.writev(handle, some)
        if left:  # rare: a nearly full disk, a signal
            rest = memoryview(b"".join(some))[-left:]
            while rest:
                rest = rest[os.write(handle, rest) :]


@dataclass(slots=True)
class _Open:
    segment: Segment
    handle: int
    mark: bytes
    began: float
    size: int = 0


class Writer:
    """`now` is monotonic seconds. `unix` is the clock of `Segment.began`."""

    def __init__(
        self, folder: Path, identity: Identity, seal_bytes: int, seal_s: Mapping[Signal, float],
        unix: Callable[[], float],
    ) -> None:  # fmt: skip
        self._folder, self._identity = folder, identity
        self._seal_bytes, self._seal_s = seal_bytes, seal_s
        self._unix = unix
        self._open: dict[Signal, _Open] = {}

    def write(self, signal: Signal, requests: Sequence[bytes], now: float) -> tuple[int, bool]:
        """Make all of them durable with one sync; answers the bytes they took, and whether the segment is full now.

        On OSError none of them may be counted as stored: the segment ends where it stood before."""
        open_ = self._open.get(signal) or self._start(signal, now)
        parts: list[bytes] = []
        for request in requests:
            parts.extend(form.stamped(request, open_.mark))
        size = sum(map(len, parts))
        try:
            write_all(open_.handle, parts)
            os.fdatasync(open_.handle)
        except OSError:
            self._take_back(signal)
            raise
        open_.size += size
        return size, open_.size >= self._seal_bytes

    def _start(self, signal: Signal, now: float) -> _Open:
        segment = Segment(self._folder, self._identity.id, self._identity.take(), signal, 0, began=self._unix())
        handle = os.open(segment.open_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            sync_folder(self._folder)
        except OSError:
            os.close(handle)
            segment.open_path.unlink(missing_ok=True)
            raise
        open_ = _Open(segment, handle, form.mark(segment.number, segment.spool), now)
        self._open[signal] = open_
        return open_

    def _take_back(self, signal: Signal) -> None:
        """Forget what a failed write left behind. If even that fails, checksums tell at the next start."""
        open_ = self._open[signal]
        try:
            os.ftruncate(open_.handle, open_.size)
        except OSError:
            os.close(open_.handle)
            del self._open[signal]
            return
        if not open_.size:
            os.close(open_.handle)
            del self._open[signal]
            open_.segment.open_path.unlink(missing_ok=True)

    def seal(self, signal: Signal) -> Segment | None:
        """End the open segment of a signal; None if there is none. Nothing is sealed empty."""
        open_ = self._open.get(signal)
        if open_ is None:
            return None
        sealed = replace(open_.segment, size=open_.size)
        open_.segment.open_path.rename(sealed.path)
        os.close(open_.handle)
        del self._open[signal]
        return sealed

    def postpone(self, signal: Signal, now: float) -> None:
        """Sealing failed: the segment counts as new, so that it is tried again in a while."""
        self._open[signal].began = now

    def due(self, now: float) -> list[Signal]:
        """Signals whose open segment is old enough to be sealed."""
        return [s for s, o in self._open.items() if now >= o.began + self._seal_s[s]]

    def next_due_s(self, now: float) -> float | None:
        """Seconds until a segment is old enough; None while none is open."""
        ages = [o.began + self._seal_s[s] - now for s, o in self._open.items()]
        return max(0.0, min(ages)) if ages else None

    def signals(self) -> list[Signal]:
        return list(self._open)


def recover(folder: Path, segment: Segment) -> Segment | None:
    """Seal what a crash left open: whole records stay, the torn tail goes; None if no whole record was there."""
    data = segment.open_path.read_bytes()
    end = 0
    for record in form.records(data):
        end = record.end
    if not end:
        segment.open_path.unlink()
        return None
    with segment.open_path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())
    sealed = Segment(folder, segment.spool, segment.number, segment.signal, end, leftover=True)
    segment.open_path.rename(sealed.path)
    sync_folder(folder)
    return sealed
