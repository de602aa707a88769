"""The obvious twin of telemetry/histogram.py: a bin by trying them all, a quantile by walking from bin to bin."""

from collections.abc import Mapping
from decimal import Decimal, getcontext

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
