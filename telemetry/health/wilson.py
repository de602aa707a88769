"""The 95 % Wilson score interval: what a share can be in truth, given how few were counted.

https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval"""

from math import sqrt
from typing import NamedTuple

Z95 = 1.959964
"""Standard deviations to either side that hold 95 %."""


class Interval(NamedTuple):
    """Both ends within 0..1."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


def wilson(part: float, total: float, z: float = Z95) -> Interval:
    """The interval of `part` of `total`; nothing counted says nothing: 0..1. Weighted counts are taken as they are.
    `z`: how many standard deviations wide, where 95 % is not meant."""
    if total <= 0:
        return Interval(0.0, 1.0)
    share = min(1.0, max(0.0, part / total))
    square = z * z
    middle = (share * total + square / 2) / (total + square)
    reach = z * sqrt(share * (1 - share) * total + square / 4) / (total + square)
    return Interval(0.0 if share == 0 else max(0.0, middle - reach), 1.0 if share == 1 else min(1.0, middle + reach))
