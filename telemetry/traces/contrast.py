"""What tells a selection from the rest: values of attributes, ranked by how much more (or less) often they are on the
one side than on the other, in truth and not by chance. Pure.

The measure is the lower end of an interval for the difference of the two shares (Newcombe 1998, method 10: two Wilson
intervals), as wide as it must be so that all values looked at hold at once with 95 % (Bonferroni). It is 0 unless
Fisher's exact test excludes chance as surely, since of few traces Wilson's tails promise too much. So three failures on
one pod are no finding among hundreds of values, and a request id never is."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import exp, lgamma, sqrt
from statistics import NormalDist

from telemetry.health.wilson import wilson

CONFIDENCE = 0.95
FEWEST = 2
"""A value seen in fewer traces can tell nothing apart, and does not make the others less certain."""
VALUES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Counted:
    """In how many traces of the selection and of the rest a field has a value. `scope`: span, attribute or resource."""

    scope: str
    field: str
    value: str
    selected: int
    rest: int


@dataclass(frozen=True, slots=True)
class Separation:
    """A value, the share of traces that have it on either side, and how far the shares are apart `at_least`: above 0 if
    it is more frequent in the selection, below if less, 0 if that may be chance."""

    counted: Counted
    share_selected: float
    share_rest: float
    at_least: float


@dataclass(frozen=True, slots=True)
class FieldContrast:
    """A field by how well its best value separates, with its values, the best first."""

    scope: str
    field: str
    values: tuple[Separation, ...]

    @property
    def at_least(self) -> float:
        return max(abs(value.at_least) for value in self.values)


def contrast(
    counted: Iterable[Counted], selected: int, rest: int, most: int, compared: int = 0
) -> tuple[FieldContrast, ...]:
    """At most `most` fields, the best first. `selected`, `rest`: how many traces were looked at on each side.
    `compared`: how many values were, if more than are given."""
    looked_at = [each for each in counted if each.selected + each.rest >= FEWEST]
    comparisons = max(compared, len(looked_at), 1)
    judged = sorted((_separation(each, selected, rest, comparisons) for each in looked_at), key=_field)
    fields = [
        FieldContrast(scope, field, tuple(sorted(values, key=_rank)[:VALUES_SHOWN]))
        for (scope, field), values in groupby(judged, key=lambda one: (one.counted.scope, one.counted.field))
    ]
    return tuple(sorted(fields, key=lambda one: (-one.at_least, _rank(one.values[0])))[:most])


@cache
def deviations(comparisons: int) -> float:
    """How many standard deviations each of so many comparisons must be wide, so that all hold with CONFIDENCE."""
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / max(1, comparisons))


def difference(part: int, total: int, other_part: int, other_total: int, z: float) -> float:
    """The end nearest 0 of the interval of part/total − other/other_total; 0 if it holds 0 or a side is empty."""
    if not total or not other_total:
        return 0.0
    one, other = part / total, other_part / other_total
    a, b = wilson(part, total, z), wilson(other_part, other_total, z)
    low = one - other - sqrt((one - a.low) ** 2 + (b.high - other) ** 2)
    high = one - other + sqrt((a.high - one) ** 2 + (other - b.low) ** 2)
    return max(0.0, low) if one > other else min(0.0, high)


def chance(part: int, total: int, other: int, other_total: int) -> float:
    """How likely shares at least as far apart are if both sides are alike: Fisher's exact test, one-sided."""
    if part * other_total < other * total:
        return chance(other, other_total, part, total)
    having, everyone = part + other, total + other_total
    sure = _log_choose(everyone, total)
    summed = 0.0
    for n in range(part, min(having, total) + 1):
        term = exp(_log_choose(having, n) + _log_choose(everyone - having, total - n) - sure)
        summed += term
        # From the mean on each term is smaller than the one before.
        if term < summed * 1e-12:
            break
    return min(1.0, summed)


def _log_choose(of: int, n: int) -> float:
    return lgamma(of + 1) - lgamma(n + 1) - lgamma(of - n + 1)


def _separation(each: Counted, selected: int, rest: int, comparisons: int) -> Separation:
    at_least = difference(each.selected, selected, each.rest, rest, deviations(comparisons))
    if at_least and chance(each.selected, selected, each.rest, rest) > (1 - CONFIDENCE) / 2 / comparisons:
        at_least = 0.0
    return Separation(each, _share(each.selected, selected), _share(each.rest, rest), at_least)


def _share(part: int, total: int) -> float:
    return part / total if total else 0.0


def _field(one: Separation) -> tuple[str, str]:
    return one.counted.scope, one.counted.field


def _rank(one: Separation) -> tuple[float, bool, float, str, str, str]:
    """The surest first; of equally sure ones (a version and its only other) the one that the selection has."""
    apart = one.share_selected - one.share_rest
    return (
        -round(abs(one.at_least), 2),
        apart < 0,
        -abs(apart),
        one.counted.scope,
        one.counted.field,
        one.counted.value,
    )
