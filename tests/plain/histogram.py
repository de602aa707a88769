"""The obvious twin of telemetry/histogram.py: a bin by trying them all, a quantile by walking from bin to bin."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, getcontext
from math import floor, log2, nan

from telemetry.histogram import ABOVE, HIGHEST, LOWEST, ZERO

getcontext().prec = 60
_BOUNDS = [(index, Decimal(2) ** (Decimal(index + 1) / 8)) for index in range(LOWEST, HIGHEST + 1)]


def bin_of(ms: float) -> int:
    """The first bin whose upper bound is not below `ms`."""
    if ms <= 0:
        return ZERO
    return next((index for index, upper in _BOUNDS if Decimal(ms) <= upper), HIGHEST)


def quantile(histogram: Mapping[int, float], q: float) -> float | None:
    """The end of the bin in which the rank falls, less what of the bin lies beyond the rank."""
    left = q * sum(histogram.values())
    highest = max((index for index, n in histogram.items() if n and index not in (ZERO, ABOVE)), default=ZERO)
    for index, count in sorted(histogram.items()):
        if count and left <= count + 1e-9:
            if index == ABOVE:
                return _at(highest, 1)
            return _at(index, max(0, left) / count)
        left -= count
    return None if not any(histogram.values()) else _at(highest, 1)


def _at(index: int, share: float) -> float:
    return 0.0 if index == ZERO else 2.0 ** ((index + share) / 8)


def spread(bounds: Sequence[float], counts: Sequence[int], low: float = nan, high: float = nan) -> dict[int, int]:
    """Bins of counts between bounds (ms; the last count is above all of them): each bin has what is reached at its
    upper end, less what was reached before it, both rounded. Reference: mesh-telemetry.md §8.4."""
    zeros = sum(n for n, hi in zip(counts, bounds, strict=False) if hi <= 0)
    above = counts[-1] if not high > bounds[-1] else 0
    found, before = {ZERO: zeros, ABOVE: above}, 0
    for index, upper in _BOUNDS:
        reached = 0
        for i, n in enumerate(counts):
            lo, hi = (bounds[i - 1] if i else 0), (bounds[i] if i < len(bounds) else high)
            if hi > 0:
                reached += floor(n * _below(float(upper), low if lo <= 0 and 0 < low < hi else lo, hi) + 0.5)
        found[index], before = reached - before, reached
    return {index: n for index, n in sorted(found.items()) if n}


def _below(at: float, lo: float, hi: float) -> float:
    """The share of a bucket (lo, hi] that lies below: by log width, from nothing by width (of ten octaves)."""
    if at >= hi:
        return 1
    if lo <= 0:
        return at / hi if at > hi / 1024 else 0
    return log2(at / lo) / log2(hi / lo) if at > lo else 0
