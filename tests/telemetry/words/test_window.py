"""Windows start at a bucket border and end at the instant asked about, in any zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.window import BUCKET_S, LIVE_WINDOWS, Window, bucket_of, parse_duration

instants = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "seconds"), [("250ms", 0.25), ("60s", 60), ("5m", 300), ("1h", 3600), ("7d", 604800), (" 1.5h ", 5400)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "60", "s", "-5m", "5 m", "5M", "1h30m", "1e3s", "٣s4"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration: expected a number and ms, s, m, h or d, like 60s"):
        parse_duration(text)


def test_the_live_windows_are_named_by_their_length() -> None:
    assert {name: parse_duration(name) for name in LIVE_WINDOWS} == LIVE_WINDOWS


def test_a_window_reaches_back_to_the_border_and_includes_the_open_bucket() -> None:
    at = datetime(2026, 3, 2, 3, 14, 5, 500_000, tzinfo=UTC)
    window = Window.ending(at, 60)
    assert (window.since, window.until) == (datetime(2026, 3, 2, 3, 13, tzinfo=UTC), at)
    assert window.seconds == 65.5


def test_at_a_border_the_window_is_as_long_as_asked() -> None:
    assert Window.ending(datetime(2026, 3, 2, 3, 14, 10, tzinfo=UTC), 60).seconds == 60


def test_a_bucket_is_the_same_in_every_zone() -> None:
    kolkata = timezone(timedelta(hours=5, minutes=45))
    assert bucket_of(datetime(2026, 3, 2, 8, 59, 19, tzinfo=kolkata)) == datetime(2026, 3, 2, 3, 14, 10, tzinfo=UTC)


@given(instants)
def test_a_bucket_holds_its_instant(at: datetime) -> None:
    bucket = bucket_of(at)
    assert bucket <= at < bucket + timedelta(seconds=BUCKET_S)
    assert bucket.timestamp() % BUCKET_S == 0
    assert bucket_of(bucket) == bucket


@given(instants, st.integers(1, 360).map(lambda n: n * 10))
def test_a_window_is_less_than_a_bucket_longer_than_asked(at: datetime, length: int) -> None:
    assert length <= Window.ending(at, length).seconds < length + BUCKET_S
