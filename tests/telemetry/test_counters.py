"""The own metrics' page: Prometheus reads it, and no sender makes it grow."""

import re

import pytest

from telemetry import counters


@pytest.fixture(autouse=True)
def own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "_TABLE", {})


def test_a_counter_with_labels() -> None:
    taken = counters.counter("taken_total", "spans", "Spans taken.")
    taken.add(2, {"protocol": "otlp_grpc"})
    taken.add(1, {"protocol": 'a"b\\c\nd'})
    assert counters.exposition() == (
        "# HELP taken_total Spans taken. Unit: spans.\n# TYPE taken_total counter\n"
        'taken_total{protocol="otlp_grpc"} 2\n'
        'taken_total{protocol="a\\"b\\\\c\\nd"} 1\n'
    )
    assert (taken.value(), taken.value({"protocol": "otlp_grpc"})) == (3, 2)


def test_what_was_never_counted_is_zero() -> None:
    counters.counter("taken_total", "spans", "Spans taken.")
    assert "\ntaken_total 0\n" in counters.exposition()


def test_large_counts_are_exact() -> None:
    taken = counters.counter("taken_total", "spans", "Spans taken.")
    taken.add(9_007_199_254_740_991)
    assert "taken_total 9007199254740991\n" in counters.exposition()


def test_label_sets_beyond_the_bound_are_counted_together() -> None:
    taken = counters.counter("taken_total", "spans", "Spans taken.")
    for n in range(counters.MOST_SERIES + 50):
        taken.add(1, {"sender": str(n)})
    assert taken.value({"sender": "other"}) == 50
    assert len(taken.lines()) == counters.MOST_SERIES + 1


def test_a_gauge_shows_the_last_value() -> None:
    held = counters.gauge("held_bytes", "bytes", "Held.")
    held.set(5)
    held.set(3)
    assert counters.exposition().endswith("# TYPE held_bytes gauge\nheld_bytes 3\n")


def test_a_histogram_is_cumulative() -> None:
    took = counters.histogram("took_seconds", "s", "Took.")
    for value in (0.0005, 0.02, 0.02, 99):
        took.record(value)
    page = counters.exposition()
    assert 'took_seconds_bucket{le="0.0005"} 1\n' in page
    assert 'took_seconds_bucket{le="0.01"} 1\n' in page
    assert 'took_seconds_bucket{le="0.025"} 3\n' in page
    assert 'took_seconds_bucket{le="30"} 3\ntook_seconds_bucket{le="+Inf"} 4\n' in page
    assert page.endswith("took_seconds_count 4\n")


def test_every_metric_of_ours_is_named_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name, metric in counters._TABLE.items():
        assert re.fullmatch(r"meshui_[a-z_]+", name)
        assert metric.sentence.endswith(".")
        assert (metric.kind == "counter") == name.endswith("_total")
