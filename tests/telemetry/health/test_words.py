"""Numbers as people read them (ui.md section 5)."""

import pytest

from telemetry.health.wilson import Interval
from telemetry.health.words import between, counted, listed, milliseconds, percent


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0, "0 %"),
        (0.00001, "0.001 %"),
        (0.0003, "0.03 %"),
        (0.00096, "0.1 %"),
        (0.002, "0.2 %"),
        (0.05, "5 %"),
        (0.0994, "9.9 %"),
        (0.0996, "10 %"),
        (0.314, "31 %"),
        (1, "100 %"),
    ],
)
def test_percent(ratio: float, text: str) -> None:
    assert percent(ratio) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0 ms"), (0.42, "0.4 ms"), (9.5, "9.5 ms"), (12.1, "12 ms"), (999.4, "999 ms"), (1240, "1.24 s")],
)
def test_milliseconds(ms: float, text: str) -> None:
    assert milliseconds(ms) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.2077, 0.9385, "between 21 and 94 %"),
        (0.2941, 0.3271, "between 29.4 and 32.7 %"),
        (0.0035, 0.105, "between 0.4 and 10 %"),
        (0, 1, "between 0 and 100 %"),
    ],
)
def test_between(low: float, high: float, text: str) -> None:
    assert between(Interval(low, high)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "no requests"), (1, "one request"), (10, "ten requests"), (11, "11 requests"), (1120, "1,120 requests")],
)
def test_counted(count: float, text: str) -> None:
    assert counted(count, "request") == text


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed(names: list[str], text: str) -> None:
    assert listed(names) == text
