"""What separates: surely, not by chance; the fewer were seen the less is claimed; nothing that both sides share."""

from collections import Counter
from itertools import chain
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.traces.contrast import Counted, chance, contrast, deviations, difference

Z = 1.959964


@pytest.mark.parametrize(
    ("part", "total", "other", "of", "low"),
    [
        # Newcombe (1998), table II, method 10: 56/70 − 48/80, 9/10 − 3/10, 5/56 − 0/29, 10/10 − 0/20.
        pytest.param(56, 70, 48, 80, 0.0524, id="56/70 48/80"),
        pytest.param(9, 10, 3, 10, 0.1705, id="9/10 3/10"),
        pytest.param(5, 56, 0, 29, 0.0, id="5/56 0/29 holds 0"),
        pytest.param(10, 10, 0, 20, 0.6791, id="10/10 0/20"),
        pytest.param(48, 80, 56, 70, -0.0524, id="turned round"),
        pytest.param(3, 3, 0, 5, 0.2900, id="three of three against none of five"),
        pytest.param(1, 1, 0, 1, 0.0, id="one and none"),
        pytest.param(5, 10, 50, 100, 0.0, id="the same share"),
        pytest.param(0, 0, 5, 10, 0.0, id="nobody on one side"),
    ],
)
def test_differences_by_hand(part: int, total: int, other: int, of: int, low: float) -> None:
    assert difference(part, total, other, of, Z) == pytest.approx(low, abs=6e-5)


@given(st.integers(0, 200), st.integers(1, 200), st.integers(0, 200), st.integers(1, 200), st.floats(1, 6))
def test_no_more_is_claimed_than_was_seen(part: int, total: int, other: int, of: int, z: float) -> None:
    part, other = min(part, total), min(other, of)
    seen, claimed = part / total - other / of, difference(part, total, other, of, z)
    assert abs(claimed) <= abs(seen) + 1e-9
    assert claimed == 0 or (claimed > 0) == (seen > 0)
    assert difference(other, of, part, total, z) == pytest.approx(-claimed)
    assert abs(difference(part, total, other, of, z + 1)) <= abs(claimed) + 1e-9
    assert abs(difference(part * 10, total * 10, other * 10, of * 10, z)) >= abs(claimed) - 1e-9


def test_the_more_values_are_looked_at_the_wider_each_must_be() -> None:
    assert deviations(1) == pytest.approx(Z, abs=1e-5)
    assert deviations(1000) == pytest.approx(NormalDist().inv_cdf(1 - 0.025 / 1000))


@pytest.mark.parametrize(
    ("part", "total", "other", "of", "likely"),
    [
        pytest.param(3, 3, 0, 20, 1 / 1771, id="all three: one of C(23, 3) ways"),
        pytest.param(0, 20, 3, 3, 1 / 1771, id="turned round"),
        pytest.param(3, 4, 1, 4, 17 / 70, id="the lady tasting tea, one cup wrong"),
        pytest.param(2, 4, 2, 4, 53 / 70, id="no difference"),
        pytest.param(0, 5, 0, 7, 1.0, id="nobody has it"),
    ],
)
def test_chances_by_hand(part: int, total: int, other: int, of: int, likely: float) -> None:
    assert chance(part, total, other, of) == pytest.approx(likely)


def test_chance_is_found_out() -> None:
    """Where sides are drawn by lot, hardly ever does any of 60 values separate them: 5 % of the time at most."""
    draw = Random(11)
    wrong = 0
    for _ in range(200):
        traces = [[f"{field}:{draw.choice('aaab')}" for field in range(30)] for _ in range(60)]
        chosen = draw.choice((3, 6, 20))
        draw.shuffle(traces)
        ones, others = (Counter(chain.from_iterable(side)) for side in (traces[:chosen], traces[chosen:]))
        counted = [attribute(*value.split(":"), ones[value], others[value]) for value in ones | others]
        wrong += contrast(counted, chosen, 60 - chosen, 1)[0].at_least > 0
    assert wrong <= 10


def attribute(field: str, value: str, selected: int, rest: int) -> Counted:
    return Counted("attribute", field, value, selected, rest)


def test_all_failures_on_one_pod_is_one_look() -> None:
    counted = [
        Counted("span", "version", "v2", 12, 30),
        Counted("span", "version", "v1", 0, 270),
        Counted("resource", "k8s.pod.name", "cart-7", 12, 1),
        Counted("resource", "k8s.pod.name", "cart-1", 0, 150),
        attribute("http.route", "/cart", 6, 150),
        attribute("http.route", "/", 6, 150),
        *[attribute("request.id", str(number), number < 12, number >= 12) for number in range(312)],
    ]
    found = contrast(counted, 12, 300, 10)
    assert [field.field for field in found] == ["k8s.pod.name", "version", "http.route"]
    pod, version, route = found
    assert [value.counted.value for value in pod.values] == ["cart-7", "cart-1"]
    assert (pod.values[0].share_selected, pod.values[0].share_rest) == (1.0, 1 / 300)
    assert 0.5 < version.at_least < pod.at_least < 1
    assert version.values[1].at_least < 0, "v1 is missing among the selected"
    assert route.at_least == 0


def test_three_failures_claim_nothing_among_many_values() -> None:
    """One of 500 values is on all three failures and none of twenty others: that happens by chance."""
    counted = [attribute("a", "x", 3, 0), *[attribute(f"b{n}", "y", 1, 6) for n in range(499)]]
    assert contrast(counted, 3, 20, 1)[0].at_least == 0
    assert contrast(counted[:1], 3, 20, 1)[0].at_least > 0.3
    assert contrast(counted[:1], 3, 20, 1, compared=500)[0].at_least == 0


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 20), st.integers(0, 20)), max_size=9
    )
)
def test_every_field_is_there_once_in_order(rows: list[tuple[str, str, int, int]]) -> None:
    unique = {(field, value): attribute(field, value, one, other) for field, value, one, other in rows}
    found = contrast(unique.values(), 20, 20, 50)
    seen = [(field.field, value.counted.value) for field in found for value in field.values]
    assert sorted(seen) == sorted(key for key, each in unique.items() if each.selected + each.rest >= 2)
    strengths = [field.at_least for field in found]
    assert strengths == sorted(strengths, reverse=True)
    assert len(contrast(unique.values(), 20, 20, 1)) <= 1
