"""The one latency representation: OpenTelemetry's base-2 exponential histogram at scale 3, of milliseconds.

Bin i covers (2^(i/8), 2^((i+1)/8)], so a quantile is within 4.5 %. A histogram is a mapping of bin to count.
https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram"""

from collections.abc import Iterable, Mapping, Sequence
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
    """Milliseconds at each of the rising quantiles `qs` (0..1), log-linear inside a bin; None without samples.

    A rank in `ABOVE` (beyond the last finite bound) answers the upper end of the highest finite bin: read it as ≥.
    One walk for all, since the live graph asks four of every edge each second."""
    bins = sorted(item for item in histogram.items() if item[1] > 0)
    total = sum(count for _, count in bins)
    if total <= 0:
        return (None,) * len(qs)
    found: list[float | None] = []
    below, finite = 0.0, 0.0
    for index, count in bins:
        if index == ABOVE:
            break
        reached = below + count
        while len(found) < len(qs) and reached >= qs[len(found)] * total:
            share = max(0.0, qs[len(found)] * total - below) / count
            found.append(0.0 if index == ZERO else float(2 ** ((index + share) / 8)))
        if len(found) == len(qs):
            break
        below = reached
        finite = 0.0 if index == ZERO else float(2 ** ((index + 1) / 8))
    return (*found, *(finite,) * (len(qs) - len(found)))


def quantile(histogram: Mapping[int, float], q: float) -> float | None:
    """One of `quantiles`."""
    return quantiles(histogram, (q,))[0]
