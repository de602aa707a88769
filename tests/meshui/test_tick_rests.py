"""How long a tick rests: for the spans it read, not for a machine that is busy."""

import pytest

from meshui.up import _tick_rests


@pytest.mark.parametrize(
    ("usual_s", "spans", "rests_s", "why"),
    [
        (0.3, 300, 0.15, "short: hardly"),
        (0.45, 300_000, 0.45 * 10 * (0.45 / 0.8) ** 2, "10,000 spans/s: as long as it is"),
        (1.3, 2_000_000, 7.8, "60,000 spans/s: six times as long"),
        (4.0, 300, 2.0, "long because others work: not for long"),
        (4.0, 0, 2.0, "metrics alone"),
    ],
)
def test_a_tick_rests_for_the_spans_it_read(usual_s: float, spans: int, rests_s: float, why: str) -> None:
    assert _tick_rests(usual_s, spans) == pytest.approx(rests_s), why
