"""What a trace's time was spent on: disjoint parts that add up to its duration. Pure, without recursion.

From the end backwards: of a span's children the one that ended last is what it waited for, before that its own time,
before that the child that had ended last when the first one started, and so on into each of them. A child that outlives
its parent takes part only as far as it was waited for: a call cut by a timeout was, work that goes on in the background
was not, unless the whole trace ends with it. Time in which nothing ran (a message in a queue) is said to be waiting and
belongs to the span that came next."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from telemetry.span import Trace
from telemetry.traces.tree import Known, children_of, top_down

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Part:
    """From and to in ns since the trace's start; `waiting`: span `index` had not started, and nothing else ran."""

    index: int
    from_ns: int
    to_ns: int
    waiting: bool

    @property
    def ns(self) -> int:
        return self.to_ns - self.from_ns


def critical_path(trace: Trace) -> tuple[Part, ...]:
    """In order of time, without gaps; of a trace that took no time there is none."""
    return tuple(_joined(reversed(list(_Walk(trace).parts())))) if trace.duration_ns else ()


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    last: Part | None = None
    for part in parts:
        if last is not None and (last.index, last.waiting) == (part.index, part.waiting):
            last = Part(last.index, last.from_ns, part.to_ns, last.waiting)
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last


@dataclass(slots=True)
class _Frame:
    """A span whose time up to `cursor` is not given away yet, from `low` on; `later` came after it."""

    index: int
    low: int
    high: int
    cursor: int
    heap: list[tuple[int, int, bool]]
    later: int = _NOBODY


class _Walk:
    def __init__(self, trace: Trace) -> None:
        self._zero = trace.start_ns
        self._proxy = [span.proxy or span.role in ("out", "relay") for span in trace.spans]
        self._starts = trace.starts_ns
        self._ends = [start + span.duration_ns for start, span in zip(trace.starts_ns, trace.spans, strict=True)]
        self._children = children_of(trace.parents)
        order = top_down(trace.parents, self._children)
        self._first, self._last = self._reach(trace.parents, order)
        self._tops = [index for index, parent in enumerate(trace.parents) if parent is None]

    def _reach(self, parents: Known, order: list[int]) -> tuple[list[int], list[int]]:
        """When anything of a span and all below it first and last ran."""
        first, last = list(self._starts), list(self._ends)
        for index in reversed(order):
            parent = parents[index]
            if parent is not None:
                first[parent] = min(first[parent], first[index])
                last[parent] = max(last[parent], last[index])
        return first, last

    def parts(self) -> Iterator[Part]:
        """From the last to the first."""
        low, high = min(self._first[top] for top in self._tops), max(self._last[top] for top in self._tops)
        stack = [self._frame(_NOBODY, self._tops, low, high)]
        while stack:
            frame = stack[-1]
            found = self._next(frame)
            if found is None:
                yield from self._own(frame, frame.low)
                stack.pop()
                continue
            child, end = found
            yield from self._own(frame, end)
            frame.cursor, frame.later = self._first[child], child
            stack.append(self._frame(child, self._children[child], self._first[child], end))

    def _frame(self, index: int, children: list[int], low: int, high: int) -> _Frame:
        heap = [(-self._last[child], child, False) for child in children]
        heapify(heap)
        return _Frame(index, low, high, high, heap)

    def _next(self, frame: _Frame) -> tuple[int, int] | None:
        """The child that ran last before the cursor, and until when."""
        while frame.heap:
            until, child, alone = heappop(frame.heap)
            end = -until
            if end <= frame.low:
                return None
            if end <= frame.cursor:
                if end > self._first[child]:
                    return child, end
            elif not alone and self._ends[child] < end:
                heappush(frame.heap, (-self._ends[child], child, True))
            elif frame.cursor == frame.high and self._waits(frame) and self._first[child] < frame.cursor:
                return child, frame.cursor
        return None

    def _waits(self, frame: _Frame) -> bool:
        """What still ran when this span ended was waited for: below a call, or if the span itself was cut."""
        return frame.index != _NOBODY and (self._proxy[frame.index] or frame.high < self._ends[frame.index])

    def _own(self, frame: _Frame, since: int) -> Iterator[Part]:
        """The time from `since` to the cursor: the span's, as far as it ran; the rest was spent waiting."""
        until, owner = frame.cursor, frame.index
        if owner == _NOBODY:
            yield from self._part(frame.later, since, until, waiting=True)
            return
        start, end = self._starts[owner], self._ends[owner]
        yield from self._part(frame.later, max(since, end), until, waiting=True)
        yield from self._part(owner, max(since, start), min(until, end), waiting=False)
        yield from self._part(owner, since, min(until, start), waiting=True)

    def _part(self, index: int, since: int, until: int, *, waiting: bool) -> Iterator[Part]:
        if until > since:
            yield Part(index, since - self._zero, until - self._zero, waiting)
