"""Points in the plain form of tests/plain/counters.py as rows of `points`, and shares as its twin says them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from telemetry.engine.engine import Engine
from telemetry.rollup.deltas import shares
from tests.plain.counters import Point

BOUNDS = (1, 2, 4)
"""Upper bounds (ms) of three of a plain histogram's four buckets: each bin is of one bucket."""

Told = tuple[float, tuple[int, ...], int, float, bool]


def store(engine: Engine, points: Iterable[Point]) -> None:
    """In `points`, and read by `readings`: histograms as latency, all else as requests."""
    known = list(points)
    engine.insert_rows("points", [_row(p) for p in known])
    engine.insert_rows("readings", [reading(p.series, measure="latency" if p.buckets else "requests") for p in known])


def forget(engine: Engine) -> None:
    """Empty what `store` fills, for the next example on one engine."""
    for table in ("points", "flushes", "dirty", "readings"):
        engine.execute(f"TRUNCATE TABLE {table}")


def reading(series: int, *, measure: str = "requests", metric: str = "m", **more: Any) -> dict[str, Any]:
    """A row of `readings`, as much of it as deltas look at."""
    return {"series": series, "metric": metric, "measure": measure, "why": "", "unit_ms": 1, "family": series} | more


def _row(p: Point) -> dict[str, Any]:
    at = _time(p.at)
    histogram = bool(p.buckets)
    return {
        "bucket": _time(p.at // 10_000 * 10_000),
        "ts": at,
        "start": _time(p.start),
        "sender": p.sender,
        "metric": "m",
        "type": "histogram" if histogram else "gauge" if p.form == "gauge" else "sum",
        "temporality": {"gauge": 0, "cumulative": 2, "delta": 1}[p.form],
        "monotonic": int(p.form != "gauge" and not histogram),
        "series": p.series,
        "flags": int(p.ended),
        "value": 0 if histogram or p.ended else p.value,
        "count": p.value if histogram and not p.ended else 0,
        "sum": 3 * p.value,
        "bounds": BOUNDS if histogram else (),
        "counts": p.buckets if not p.ended else (),
    }


def shared(engine: Engine, first: int, last: int) -> dict[tuple[int, int], Told]:
    """What `shares` says of the buckets from `first` to `last` (seconds), by (series, bucket)."""
    shares(engine, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))
    return stored(engine)


def stored(engine: Engine) -> dict[tuple[int, int], Told]:
    """What stands in `fold_shares`: n, counts between BOUNDS, until (ms), the interval, whether it is estimated. A
    histogram has two rows of a bucket where counts are known of a part of it only."""
    rows = engine.query(
        "SELECT toUnixTimestamp(bucket) AS at, series, sum(n) AS total, sumMap(bins) AS all_bins,"
        " toUnixTimestamp64Milli(max(until)) AS newest, any(interval_s) AS interval, max(estimated) AS guessed"
        " FROM fold_shares GROUP BY at, series"
    )
    return {
        (int(r["series"]), int(r["at"])): (
            round(r["total"], 6),
            buckets_of({int(bin_): int(n) for bin_, n in r["all_bins"].items()}),
            int(r["newest"]),
            r["interval"],
            bool(r["guessed"]),
        )
        for r in rows
    }


def buckets_of(bins: Mapping[int, int]) -> tuple[int, ...]:
    """Counts of bins between BOUNDS; () without bins."""
    edges = (-(10**6), 0, 8, 16, 10**6)
    counts = tuple(sum(n for bin_, n in bins.items() if a <= bin_ < b) for a, b in pairwise(edges))
    return counts if any(counts) else ()


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)
