"""Which record comes when: when the recording was, and its files opened as their time comes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from meshui.replay.files import Source
from meshui.replay.record import Record

Reader = Callable[[Source], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A readable file, and its oldest and newest time in Unix ns."""

    source: Source
    oldest: int
    newest: int


def survey(sources: Sequence[Source], read: Reader) -> Iterator[Recorded]:
    """Read every file once for its times; those without any are left out."""
    for source in sources:
        oldest, newest = 0, 0
        for record in read(source):
            times = record.times()
            if times:
                oldest = min(oldest or times[0], times[0])
                newest = max(newest, times[1])
        if newest:
            yield Recorded(source, oldest, newest)


def by_time(recorded: Sequence[Recorded], read: Reader) -> Iterator[tuple[int, Source, Record]]:
    """Records of all files in the order their newest time says; a file is opened when it has its turn.

    Within a file the order is the file's own: a request recorded late is sent late, as it was."""
    turns: list[tuple[int, int]] = []
    opened: dict[int, tuple[Record, Iterator[Record]]] = {}
    for number, each in enumerate(recorded):
        heappush(turns, (each.oldest, number))
    while turns:
        at, number = heappop(turns)
        source = recorded[number].source
        if number in opened:
            record, rest = opened[number]
            yield at, source, record
        else:
            rest = read(source)
        following = next(rest, None)
        if following is not None:
            times = following.times()
            opened[number] = (following, rest)
            heappush(turns, (times[1] if times else at, number))
