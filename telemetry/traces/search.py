"""Finds traces: those with a span that an expression holds for, newest, slowest or worst first, a page at a time.

A page is told apart from the next by the place of its last trace in one snapshot of what is stored, so that paging
neither repeats nor skips a trace while data arrives. `newest` goes by a trace's newest span that matches: it is read
from the end of the time asked about and stops early."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from time import monotonic
from typing import Literal

from telemetry.engine.engine import Engine, EngineError
from telemetry.traces.asking import FEW, Asked, Question, Rank, Snapshot, question, since_then, snapshot
from telemetry.traces.cursor import Cursor
from telemetry.traces.summary import Summary, summaries

Order = Literal["newest", "slowest", "errors"]
ORDERS: tuple[Order, ...] = ("newest", "slowest", "errors")
BUDGET_S = 5.0
TOOK_TOO_LONG = 159
"""ClickHouse's code for a statement that was ended by its time limit."""
_FIRST_SLICE_NS = 120_000_000_000
_GROWTH = 6
_NARROWER = 3
_FIRST_BATCH = 2_000
_END = (2**62, "ff" * 16)
_FIRST_ID = "00" * 16


@dataclass(frozen=True, slots=True)
class Page:
    """`next` None: there is no more. `searched_since_ns`: where the search was when its time was over, or the start of
    the time asked about."""

    items: tuple[Summary, ...]
    next: Cursor | None
    searched_since_ns: int
    question: Question
    first: bool

    @property
    def whole(self) -> bool:
        """Nothing else matches: no page came before, none comes after, all the time was searched."""
        return self.first and self.next is None and self.searched_since_ns == self.question.since_ns


_Traces = dict[str, tuple[int, int]]
"""In order, each with its rank and an instant near its spans (Unix ns)."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Traces, and how far back the search came."""

    traces: _Traces
    searched_since_ns: int


def search(
    engine: Engine,
    asked: Asked,
    *,
    order: Order = "newest",
    limit: int = 50,
    after: Cursor | None = None,
    budget_s: float = BUDGET_S,
    clock: Callable[[], float] = monotonic,
) -> Page:
    """At most `limit` traces. Raises Mistake for an expression that can mean nothing, EngineError."""
    deadline = clock() + budget_s

    def left() -> float:
        return max(0.05, deadline - clock())

    if after is not None:
        asked = replace(asked, since_ns=after.since_ns, until_ns=after.until_ns)
    seen = snapshot(engine) if after is None else since_then(engine, after.snapshot)
    asking = question(engine, asked, seen)
    place = _END if after is None else (after.rank, after.trace_id)
    if order == "newest":
        found = _Newest(asking, place, limit, left).found()
    else:
        found = _Ranked(asking, order, place, limit, left).found()
    shown = dict(islice(found.traces.items(), limit))
    by_id = summaries(asking, {trace: at for trace, (_, at) in shown.items()}, max(1.0, left()))
    items = tuple(by_id[trace] for trace in shown if trace in by_id)
    return Page(items, _next(asked, seen, found, shown, order), found.searched_since_ns, asking, after is None)


def _next(asked: Asked, seen: Snapshot, found: _Found, shown: _Traces, order: Order) -> Cursor | None:
    if len(found.traces) > len(shown):
        trace, (rank, _) = next(reversed(shown.items()))
        since = asked.since_ns if order == "newest" else found.searched_since_ns
        return Cursor(rank, trace, since, asked.until_ns, seen)
    if order == "newest" and found.searched_since_ns > asked.since_ns:
        return Cursor(found.searched_since_ns, _FIRST_ID, asked.since_ns, asked.until_ns, seen)
    return None


class _Newest:
    """Looks slice by slice back from `place`, each longer than the one before, until there is one more than `limit`."""

    def __init__(self, asking: Question, place: tuple[int, str], limit: int, left: Callable[[], float]) -> None:
        self._asking = asking
        self._place = place
        self._limit = limit
        self._left = left
        self._traces: _Traces = {}

    def found(self) -> _Found:
        reached = min(self._asking.until_ns, self._place[0] + 1)
        for since, until in _slices(self._asking.since_ns, reached):
            try:
                self._look(self._asking.within(since, until))
            except EngineError as error:
                if error.code != TOOK_TOO_LONG:
                    raise
                break
            reached = since
            if len(self._traces) > self._limit:
                break
        return _Found(self._traces, reached)

    def _look(self, part: Question) -> None:
        """Add the traces whose newest match lies in this part."""
        rank, trace = self._place
        while len(self._traces) <= self._limit:
            wanted = self._limit + 1 + len(self._traces)
            rows = part.ask("search_newest", timeout_s=self._left(), before=rank, before_trace=trace, limit=wanted)
            new = [row for row in rows if row["trace"] not in self._traces]
            shown = self._shown([row["trace"] for row in new])
            self._traces.update({row["trace"]: (row["rank"], row["at"]) for row in new if row["trace"] not in shown})
            if len(rows) < wanted:
                return
            rank, trace = rows[-1]["rank"], rows[-1]["trace"]

    def _shown(self, traces: list[str]) -> set[str]:
        """Those of `traces` that stand on a page before this one."""
        if self._place == _END or not traces:
            return set()
        rank, trace = self._place
        after = self._asking.within(min(rank, self._asking.until_ns - 1), self._asking.until_ns)
        rows = after.these(traces).ask("search_shown", timeout_s=self._left(), before=rank, before_trace=trace)
        return {row["trace"] for row in rows}


def _slices(since: int, until: int) -> Iterator[tuple[int, int]]:
    length = _FIRST_SLICE_NS
    while until > since:
        begin = max(since, until - length)
        yield begin, until
        until, length = begin, length * _GROWTH


class _Ranked:
    """Looks at every span for a match where that costs little; else through those that match, if they are few; else
    through all traces in order of rank, a batch at a time.

    What takes too long is asked again of the newest part of the time."""

    def __init__(
        self, asking: Question, order: Order, place: tuple[int, str], limit: int, left: Callable[[], float]
    ) -> None:
        self._asking = asking
        self._order = order
        self._place = place
        self._limit = limit
        self._left = left

    def found(self) -> _Found:
        since, until = self._asking.since_ns, self._asking.until_ns
        for _ in range(_NARROWER):
            try:
                return _Found(self._look(self._asking.within(since, until)), since)
            except EngineError as error:
                if error.code != TOOK_TOO_LONG:
                    raise
            since = until - (until - since) // _GROWTH
        return _Found({}, until)

    def _look(self, part: Question) -> _Traces:
        if part.plain:
            return self._traces(part, self._place, self._limit + 1, "search_ranks_plain")
        few = part.ask("search_few", timeout_s=self._left() / 2, limit=FEW + 1)
        if len(few) <= FEW:
            return self._traces(part.these(row["trace"] for row in few), self._place, self._limit + 1) if few else {}
        found: _Traces = {}
        place, batch = self._place, max(_FIRST_BATCH, 4 * self._limit)
        while len(found) <= self._limit:
            ranked = self._traces(part, place, batch)
            matching = self._matching(part, ranked)
            found |= {trace: at for trace, at in ranked.items() if trace in matching}
            if len(ranked) < batch:
                break
            trace, (rank, _) = next(reversed(ranked.items()))
            place, batch = (rank, trace), batch * _GROWTH
        return found

    def _traces(self, part: Question, place: tuple[int, str], limit: int, name: str = "search_ranks") -> _Traces:
        rank: Rank = "failures" if self._order == "errors" else "extent"
        before = {"before": place[0], "before_trace": place[1]}
        rows = part.ask(name, timeout_s=self._left() / 2, rank=rank, limit=limit, **before)
        return {row["trace"]: (row["rank"], row["at"]) for row in rows}

    def _matching(self, part: Question, traces: _Traces) -> set[str]:
        rows = part.these(traces).ask("search_matching", timeout_s=self._left() / 2) if traces else []
        return {row["trace"] for row in rows}
