"""The one latency representation: OpenTelemetry's base-2 exponential histogram at scale 3, of milliseconds.

Bin i covers (2^(i/8), 2^((i+1)/8)], so a quantile is within 4.5 %. A histogram is a mapping of bin to count.
https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram"""

from collections.abc import Iterable, Mapping
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


def quantile(histogram: Mapping[int, float], q: float) -> float | None:
    """Milliseconds at quantile `q` of 0..1, log-linear inside a bin; None without samples.

    A rank in `ABOVE` (beyond the last finite bound) answers the upper end of the highest finite bin: read it as ≥."""
    total = sum(histogram.values())
    if total <= 0:
        return None
    rank, below = q * total, 0.0
    finite = 0.0
    for index in sorted(histogram):
        count = histogram[index]
        if index == ABOVE:
            return finite
        if index == ZERO:
            if below + count >= rank:
                return 0.0
        else:
            finite = 2 ** ((index + 1) / 8)
            if count > 0 and below + count >= rank:
                return float(2 ** ((index + max(0.0, rank - below) / count) / 8))
        below += count
    return finite
