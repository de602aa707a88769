"""A replay, from files to the endpoint: at once, or each record when it is due."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from meshui.replay import reading
from meshui.replay.batches import Batches, Body
from meshui.replay.files import Source, sources
from meshui.replay.posting import GaveUp, Poster
from meshui.replay.progress import Progress
from meshui.replay.record import Record
from meshui.replay.schedule import by_time, survey
from meshui.replay.shift import shift
from meshui.replay.summary import Summary
from meshui.replay.unreadable import Unreadable

_BEAT_S = 0.1


@dataclass(frozen=True, slots=True)
class Options:
    """As the command line says. `speed` None: all at once. `now`: shift all times to the present."""

    files: tuple[str, ...]
    endpoint: str = "http://127.0.0.1:4318"
    speed: float | None = None
    now: bool = False
    token: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """Now and waiting; a test hands in one that does not wait."""

    now_ns: Callable[[], int] = time.time_ns
    sleep: Callable[[float], object] = time.sleep


def run(options: Options, progress_of: Callable[[int], Progress], clock: Clock | None = None) -> Summary:
    """`progress_of` makes the display for so many bytes. Raises FileNotFoundError and ValueError for bad arguments."""
    found = list(sources(options.files))
    replay = _Replay(options, progress_of(sum(each.size for each in found)), clock or Clock())
    try:
        if options.now or options.speed is not None:
            replay.in_time(found)
        else:
            replay.as_found(found)
    except GaveUp as no:
        replay.summary.gave_up = str(no)
    finally:
        replay.close()
    return replay.summary


class _Replay:
    def __init__(self, options: Options, progress: Progress, clock: Clock) -> None:
        self.summary = Summary()
        self._options, self._progress, self._clock = options, progress, clock
        self._poster = Poster(options.endpoint, options.token, clock.sleep, progress.line)
        self._batches = Batches()

    def as_found(self, found: list[Source]) -> None:
        """One pass, times as recorded."""
        for source in found:
            for record in self._read(source):
                self._send(source, record, 0)
        self._post(self._batches.flush())

    def in_time(self, found: list[Source]) -> None:
        """A first pass for the times, a second to send: shifted, paced, or both."""
        recorded = list(survey(found, self._read))
        if not recorded:
            return
        oldest, newest = min(each.oldest for each in recorded), max(each.newest for each in recorded)
        speed, started = self._options.speed, self._clock.now_ns()
        by_ns = 0
        if self._options.now:
            by_ns = started - (newest if speed is None else oldest)
        for at, source, record in by_time(recorded, self._read_again):
            if speed is not None:
                self._wait_until(started + (at - oldest) / speed)
            self._send(source, record, by_ns)
        self._post(self._batches.flush())

    def close(self) -> None:
        self._poster.close()
        self._progress.close()

    def _wait_until(self, due_ns: float) -> None:
        """What is due within a beat is sent together."""
        if due_ns - self._clock.now_ns() <= _BEAT_S * 1e9:
            return
        self._post(self._batches.flush())
        left = (due_ns - self._clock.now_ns()) / 1e9
        if left > 0:
            self._clock.sleep(left)

    def _send(self, source: Source, record: Record, by_ns: int) -> None:
        shift(record, by_ns)
        self._post(self._batches.add(record))
        self._progress.advance(record.share * source.size, source.name)

    def _post(self, bodies: Iterator[Body]) -> None:
        for body in bodies:
            self.summary.add(body, self._poster.post(body))

    def _read(self, source: Source) -> Iterator[Record]:
        """The records of a file; says why, and goes on with the next file, if it or the rest of it is not readable."""
        count = 0
        try:
            for record in reading.read(source.bytes()):
                count += 1
                yield record
        except (Unreadable, OSError) as no:
            after = f"after {count:,} records: " if count else ""
            self._progress.line(f"Skipped {source.name}: {after}{no}.")
            self.summary.unreadable += source.named or count > 0
        self.summary.files += count > 0

    def _read_again(self, source: Source) -> Iterator[Record]:
        """The second pass: what there is to say was said in the first."""
        try:
            yield from reading.read(source.bytes())
        except (Unreadable, OSError):
            return
