"""The scale-3 histogram against its twin, against true quantiles of samples, and at the exact powers."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.histogram import ABOVE, HIGHEST, LOWEST, ZERO, bin_of, merge, quantile, quantiles
from tests.plain import histogram as plain

histograms = st.dictionaries(
    st.sampled_from([ZERO, ABOVE, LOWEST, HIGHEST]) | st.integers(LOWEST, HIGHEST), st.integers(0, 1000), max_size=12
)
durations = st.floats(0.001, 1e6)


@pytest.mark.parametrize(
    ("ms", "index"),
    [
        pytest.param(1, -1, id="one is the upper end of its bin"),
        pytest.param(2, 7, id="two"),
        pytest.param(1.0001, 0, id="just above one"),
        pytest.param(0, ZERO, id="nothing"),
        pytest.param(-3, ZERO, id="an end before the start"),
        pytest.param(1e-9, LOWEST, id="below the lowest"),
        pytest.param(1e12, HIGHEST, id="above the highest"),
    ],
)
def test_bins(ms: float, index: int) -> None:
    assert bin_of(ms) == index


@pytest.mark.parametrize("power", range(-20, 30))
def test_exact_powers_of_two_are_the_upper_end_of_their_bin(power: int) -> None:
    assert bin_of(2.0**power) == max(LOWEST, power * 8 - 1)


@given(durations)
def test_a_bin_is_the_twins(ms: float) -> None:
    assert bin_of(ms) == plain.bin_of(ms)


@given(histograms, st.floats(0, 1))
def test_a_quantile_is_the_twins(histogram: dict[int, float], q: float) -> None:
    expected = plain.quantile(histogram, q)
    found = quantile(histogram, q)
    assert found is None if expected is None else found == pytest.approx(expected, rel=1e-6)


@given(st.lists(durations, min_size=1, max_size=200), st.floats(0.01, 1))
def test_a_quantile_is_within_a_bin_of_the_true_one(samples: list[float], q: float) -> None:
    true = sorted(samples)[max(0, -int(-q * len(samples) // 1) - 1)]
    found = quantile(Counter(map(bin_of, samples)), q)
    assert found is not None
    assert true / 2 ** (1 / 8) <= found * (1 + 1e-9)
    assert found <= true * 2 ** (1 / 8) * (1 + 1e-9)


@given(histograms, st.lists(st.floats(0, 1), max_size=5))
def test_many_at_once_are_each_alone_and_rise(histogram: dict[int, float], qs: list[float]) -> None:
    found = quantiles(histogram, sorted(qs))
    assert found == tuple(quantile(histogram, q) for q in sorted(qs))
    if any(histogram.values()):
        assert list(found) == sorted(found, key=lambda ms: ms or 0.0)


@pytest.mark.parametrize(
    ("histogram", "q", "ms"),
    [
        pytest.param({}, 0.5, None, id="no samples"),
        pytest.param({7: 0}, 0.5, None, id="bins without a count"),
        pytest.param({ZERO: 10}, 0.99, 0.0, id="all zero"),
        pytest.param({7: 10}, 1.0, 2.0, id="the upper end"),
        pytest.param({7: 10}, 0.5, 2 ** (7.5 / 8), id="the geometric middle"),
        pytest.param({7: 1, ABOVE: 99}, 0.5, 2.0, id="above the last finite bound: that bound"),
        pytest.param({ABOVE: 5}, 0.5, 0.0, id="no finite bound is known"),
    ],
)
def test_quantiles(histogram: dict[int, float], q: float, ms: float | None) -> None:
    assert quantile(histogram, q) == (None if ms is None else pytest.approx(ms))


@given(st.lists(histograms, max_size=4))
def test_merging_adds_bin_by_bin_in_any_order(parts: list[dict[int, float]]) -> None:
    total: Counter[int] = Counter()
    for part in parts:
        total.update({index: int(n) for index, n in part.items()})
    assert merge(parts) == merge(reversed(parts)) == dict(total)
    assert list(merge(parts)) == sorted(total)
