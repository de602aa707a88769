"""The interval against the formula's own definition and against published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.health.wilson import wilson


@pytest.mark.parametrize(
    ("part", "total", "low", "high"),
    [
        pytest.param(2, 3, 0.2077, 0.9385, id="two of three: the interval of ui.md, between 21 and 94 %"),
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="ten of ten"),
        pytest.param(5, 10, 0.2366, 0.7634, id="five of ten"),
        pytest.param(931, 3032, 0.2908, 0.3237, id="931 of 3,032: narrow"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing counted says nothing"),
    ],
)
def test_published_figures(part: float, total: float, low: float, high: float) -> None:
    assert wilson(part, total) == pytest.approx((low, high), abs=5e-4)


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_both_ends_are_where_the_share_is_1_96_deviations_off(part: int, total: int) -> None:
    share = min(part, total) / total
    for end in wilson(min(part, total), total):
        assert (share - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / total, abs=1e-9)


@given(st.floats(0, 1), st.floats(0.01, 1e6), st.floats(1.5, 100))
def test_the_share_is_inside_and_more_of_the_same_narrows(share: float, total: float, more: float) -> None:
    few, many = wilson(share * total, total), wilson(share * total * more, total * more)
    assert 0 <= few.low <= share + 1e-9
    assert share - 1e-9 <= few.high <= 1
    assert many.width < few.width
