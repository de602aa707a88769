"""The obvious twin of telemetry/rollup/deltas.py: what happened in each bucket, by walking the points of a series.

Times are whole milliseconds, a bucket is its first second. All points at once, in any order, sent twice or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import floor

MOMENT, MINUTE, AT_MOST = 500, 60_000, 600_000


@dataclass(frozen=True)
class Point:
    """A point of a counter (`form` cumulative or delta) or gauge. `start` 0: not told. `buckets`: counts between the
    bounds of a histogram, whose sum is the value. `ended`: a marker without a value."""

    sender: int
    series: int
    at: int
    value: int
    form: str = "cumulative"
    start: int = 0
    buckets: tuple[int, ...] = ()
    ended: bool = False


@dataclass(frozen=True)
class Delta:
    """So much happened in (since, at]."""

    since: int
    at: int
    value: int
    buckets: tuple[int, ...]


@dataclass(frozen=True)
class Share:
    """What happened in one bucket; `buckets` whole numbers that add up over all buckets."""

    n: float
    buckets: tuple[int, ...]
    until: int
    interval_s: float
    estimated: bool


def shares(points: Iterable[Point], first: int, last: int) -> dict[tuple[int, int], Share]:
    """By (series, bucket), for the buckets from `first` to `last` (seconds)."""
    said = set(points)
    flushes = {s: sorted({p.at // 100 * 100 for p in said if p.sender == s and not p.ended}) for s in _senders(said)}
    found: dict[tuple[int, int], Share] = {}
    for series in {p.series for p in said}:
        own = _once([p for p in said if p.series == series])
        if not own:
            continue
        times = flushes[own[0].sender]
        for bucket in range(first, last + 1, 10):
            interval_ms = _interval(times, (bucket + 10) * 1000, within=False)
            if own[0].form == "gauge":
                share = _gauge(own, bucket * 1000, interval_ms)
            else:
                share = _counter(_deltas(own, times), bucket * 1000, interval_ms)
            if share:
                found[series, bucket] = share
    return found


def _senders(points: Iterable[Point]) -> set[int]:
    return {p.sender for p in points}


def _once(points: list[Point]) -> list[Point]:
    """Of points of one time (of deltas: and one start) the greatest; counters' markers say nothing."""
    best: dict[tuple[int, int], Point] = {}
    for p in points:
        key = (p.at, p.start if p.form == "delta" else 0)
        if p.form != "gauge" and p.ended:
            continue
        if key not in best or (p.value, p.buckets) > (best[key].value, best[key].buckets):
            best[key] = p
    return sorted(best.values(), key=lambda p: (p.at, p.start))


def _deltas(points: list[Point], flushes: list[int]) -> list[Delta]:
    torn = _torn(points)
    found = []
    for i, p in enumerate(points):
        before = points[i - 1] if i and p.at - points[i - 1].at <= AT_MOST else None
        if p.form == "delta" or before is None:
            since = _known_since(p, flushes)
            delta = Delta(since, p.at, p.value, p.buckets) if since else None
        elif p in torn:
            delta = _above(p, [q for q in points[:i] if before.at - MINUTE <= q.at])
        elif _fell(p, before):
            delta = Delta(before.at, p.at, p.value, p.buckets)
        else:
            delta = _difference(p, before)
        if delta:
            found.append(delta)
    return found


def _fell(p: Point, before: Point) -> bool:
    return p.value < before.value or any(a < b for a, b in zip(p.buckets, before.buckets, strict=True))


def _difference(p: Point, before: Point) -> Delta:
    return Delta(
        before.at, p.at, p.value - before.value, tuple(a - b for a, b in zip(p.buckets, before.buckets, strict=True))
    )


def _torn(points: list[Point]) -> set[Point]:
    """From the first of three falls within a minute to the point after the third."""
    falls = [i for i in range(1, len(points)) if points[i].value < points[i - 1].value]
    return {
        p
        for a, c in zip(falls, falls[2:], strict=False)
        if points[c].at - points[a].at < MINUTE
        for p in points[a : c + 2]
    }


def _above(p: Point, lately: list[Point]) -> Delta | None:
    """What a point has more than the greatest of those lately before it. Bins only where none of them fell."""
    greatest = max(lately, key=lambda q: (q.value, q.at))
    if p.value < greatest.value:
        return None
    whole = _difference(p, greatest)
    return whole if min(whole.buckets, default=0) >= 0 else Delta(whole.since, whole.at, whole.value, ())


def _known_since(p: Point, flushes: list[int]) -> int:
    """Since when a point counts that nothing precedes; 0: nobody knows, it is a baseline."""
    flushed = max((t for t in flushes if p.at - AT_MOST <= t <= p.at - MOMENT), default=0)
    gap = _interval(flushes, p.at, within=True)
    far = min(2 * gap, AT_MOST)
    started = p.start and MOMENT <= p.at - p.start <= far
    flushed_lately = flushed and p.at - flushed <= far
    if started:
        return max(p.start, flushed) if flushed_lately else p.start
    if flushed and (flushed_lately or p.form == "delta"):
        return flushed
    return p.at - gap if p.form == "delta" else 0


def _interval(flushes: list[int], end: int, *, within: bool) -> int:
    """The middle gap of the ten minutes to `end`; a minute where there is none yet."""
    heard = [t for t in flushes if end - AT_MOST <= t < end + within]
    gaps = sorted(b - a for a, b in pairwise(heard) if b - a >= MOMENT)
    return gaps[(len(gaps) - 1) // 2] if gaps else MINUTE


def _counter(deltas: list[Delta], begin: int, interval_ms: int) -> Share | None:
    end = begin + 10_000
    here = [d for d in deltas if d.since < end and d.at > begin]
    if not here:
        return None
    n = 0.0
    buckets = [0] * max(len(d.buckets) for d in here)
    for d in here:
        n += d.value * (_reached(d, end) - _reached(d, begin))
        for i, count in enumerate(d.buckets):
            buckets[i] += _rounded(count * _reached(d, end)) - _rounded(count * _reached(d, begin))
    estimated = any(d.at - d.since > 300_000 for d in here)
    return Share(n, tuple(buckets), max(d.at for d in here), interval_ms / 1000, estimated)


def _reached(delta: Delta, at: int) -> float:
    """How much of a delta has happened by then."""
    return min(max(at - delta.since, 0), delta.at - delta.since) / (delta.at - delta.since)


def _rounded(number: float) -> int:
    return floor(number + 0.5)


def _gauge(points: list[Point], begin: int, interval_ms: int) -> Share | None:
    within = [p for p in points if begin <= p.at < begin + 10_000 and not p.ended]
    before = [p for p in points if p.at < begin]
    if not within and before and not before[-1].ended and before[-1].at >= begin - interval_ms:
        within = [before[-1]]
    if not within:
        return None
    return Share(max(p.value for p in within), (), max(p.at for p in within), interval_ms / 1000, False)
