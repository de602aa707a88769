"""The one latency representation: OpenTelemetry's base-2 exponential histogram at scale 3, of milliseconds.

Bin i covers (2^(i/8), 2^((i+1)/8)], so a quantile is within 4.5 %. A histogram is a mapping of bin to count.
https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import ceil, log2

ZERO = -32768
ABOVE = 32767
LOWEST, HIGHEST = -160, 239


def bin_of(ms: float) -> int:
    """The bin of a duration in milliseconds; at exact powers the bound decides, since log2 may land either side."""
    if ms <= 0:
        return ZERO
    index = ceil(log2(ms) * 8) - 1
    if ms <= 2 ** (index / 8):
        index -= 1
    elif ms > 2 ** ((index + 1) / 8):
        index += 1
    return max(LOWEST, min(HIGHEST, index))


def merge(histograms: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """The sum of histograms, bin by bin, sorted by bin."""
    total: dict[int, float] = {}
    for histogram in histograms:
        for index, count in histogram.items():
            total[index] = total.get(index, 0) + count
    return dict(sorted(total.items()))


def quantiles(histogram: Mapping[int, float], qs: Sequence[float]) -> tuple[float | None, ...]:
    """Milliseconds at each quantile of `qs` (0..1), log-linear inside a bin; None without samples.

    A rank in `ABOVE` (beyond the last finite bound) answers the upper end of the highest finite bin: read it as ≥.
    One walk for all, since the live graph asks four of every edge each second."""
    bins = sorted(item for item in histogram.items() if item[1] > 0)
    if not bins:
        return (None,) * len(qs)
    reached = list(accumulate(count for _, count in bins))
    last = len(bins) - 1
    found: list[float] = []
    for q in qs:
        rank = q * reached[last]
        at = min(bisect_left(reached, rank), last)
        index, count = bins[at]
        share = 1 - min(1.0, (reached[at] - rank) / count)
        if index == ABOVE:
            index, share = bins[at - 1][0] if at else ZERO, 1.0
        found.append(0.0 if index == ZERO else 2.0 ** ((index + share) / 8))
    return tuple(found)


def quantile(histogram: Mapping[int, float], q: float) -> float | None:
    """One of `quantiles`."""
    return quantiles(histogram, (q,))[0]
