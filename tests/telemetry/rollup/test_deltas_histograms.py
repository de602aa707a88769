"""Histograms of every form become bins of milliseconds without losing a count."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Histogram,
    HistogramDataPoint,
    Metric,
    Summary,
    SummaryDataPoint,
)

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.histogram import ABOVE, ZERO, merge
from telemetry.rollup.deltas import shares
from tests.build import T0, counter, later, load, metrics, point, resource, unix_ns
from tests.plain import histogram as plain
from tests.telemetry.rollup.points import reading

DELTA, CUMULATIVE = 1, 2
Bins = dict[int, int]


def explicit(
    counts: Sequence[int],
    bounds: Sequence[float] = (),
    *,
    at: float = 10.0,
    temporality: int = DELTA,
    low: float | None = None,
    high: float | None = None,
) -> Metric:
    """A delta of the ten seconds to `at`, or a cumulative point since long ago."""
    made = HistogramDataPoint(
        time_unix_nano=unix_ns(later(at)),
        start_time_unix_nano=unix_ns(later(at - 10 if temporality == DELTA else -86400)),
        count=sum(counts),
        sum=sum(counts) * 2.0,
        bucket_counts=counts,
        explicit_bounds=bounds,
    )
    if low is not None:
        made.min = low
    if high is not None:
        made.max = high
    return Metric(name="h", histogram=Histogram(data_points=[made], aggregation_temporality=temporality))  # type: ignore[arg-type]


def exponential(
    counts: Sequence[int], scale: int, offset: int, *, zero: int = 0, at: float = 10.0, temporality: int = DELTA
) -> Metric:
    made = ExponentialHistogramDataPoint(
        time_unix_nano=unix_ns(later(at)),
        start_time_unix_nano=unix_ns(later(at - 10 if temporality == DELTA else -86400)),
        count=sum(counts) + zero,
        scale=scale,
        zero_count=zero,
        positive=ExponentialHistogramDataPoint.Buckets(offset=offset, bucket_counts=counts),
    )
    return Metric(
        name="h",
        exponential_histogram=ExponentialHistogram(data_points=[made], aggregation_temporality=temporality),  # type: ignore[arg-type]
    )


def send(engine: EmbeddedEngine, folder: Path, *of: Metric, unit_ms: float = 1) -> None:
    load(engine, folder, metrics(resource("cart"), *of), received=later(60))
    for row in engine.query("SELECT DISTINCT series, metric FROM points"):
        engine.insert_rows(
            "readings", [reading(row["series"], measure="latency", metric=row["metric"], unit_ms=unit_ms)]
        )


def bins(engine: EmbeddedEngine, until_s: float = 60) -> Bins:
    shares(engine, T0, later(until_s))
    rows = engine.query("SELECT bins FROM fold_shares ORDER BY bucket")
    return {i: int(n) for i, n in merge({int(k): int(v) for k, v in row["bins"].items()} for row in rows).items()}


def within_one(found: Mapping[int, int], wanted: Mapping[int, int]) -> None:
    """The same counts, but for one that stands on either side of a bin's end by the last digit of a logarithm."""
    assert sum(found.values()) == sum(wanted.values())
    keys = sorted(found.keys() | wanted.keys())
    one, other = (list(accumulate(of.get(key, 0) for key in keys)) for of in (found, wanted))
    assert max((abs(a - b) for a, b in zip(one, other, strict=True)), default=0) <= 1


@pytest.mark.parametrize(
    ("counts", "bounds", "low", "high", "wanted"),
    [
        pytest.param((0, 8, 0), (1, 2), None, None, dict.fromkeys(range(8), 1), id="one octave is eight bins"),
        pytest.param((0, 3, 0), (1, 2), None, None, {1: 1, 3: 1, 6: 1}, id="few of them lie apart"),
        pytest.param((2, 0, 0), (0, 5), None, None, {ZERO: 2}, id="up to a bound of zero: zeros"),
        pytest.param((0, 0, 7), (1, 2), None, None, {ABOVE: 7}, id="above the last bound"),
        pytest.param((0, 0, 8), (1, 2), None, 4.0, dict.fromkeys(range(8, 16), 1), id="up to the greatest"),
        pytest.param((8, 0), (2,), 1.0, None, dict.fromkeys(range(8), 1), id="from the least"),
        pytest.param((), (), None, None, {}, id="count and sum only"),
        pytest.param((5,), (), None, None, {}, id="one count without a bound says nothing"),
    ],
)
def test_explicit_bounds(
    engine: EmbeddedEngine,
    tmp_path: Path,
    counts: Sequence[int],
    bounds: Sequence[float],
    low: float | None,
    high: float | None,
    wanted: Bins,
) -> None:
    send(engine, tmp_path, explicit(counts, bounds, low=low, high=high))
    assert bins(engine) == wanted


def test_below_the_first_bound_half_lies_in_the_top_octave(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, explicit((1024, 0), (1,)))
    found = bins(engine)
    octaves = [sum(found.get(bin_, 0) for bin_ in range(top - 8, top)) for top in range(0, -80, -8)]
    assert octaves == [512, 256, 128, 64, 32, 16, 8, 4, 2, 2]


BOUNDS = st.lists(st.sampled_from((0.0, 0.1, 0.5, 1.0, 2.5, 5.0, 25.0, 1000.0, 60000.0)), min_size=1, unique=True)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bounds=BOUNDS.map(sorted), data=st.data())
def test_any_explicit_bounds(engine: EmbeddedEngine, tmp_path: Path, bounds: list[float], data: st.DataObject) -> None:
    for table in ("points", "flushes", "readings"):
        engine.execute(f"TRUNCATE TABLE {table}")
    counts = [data.draw(st.sampled_from((0, 0, 1, 3, 50, 1000))) for _ in range(len(bounds) + 1)]
    send(engine, tmp_path, explicit(counts, bounds))
    within_one(bins(engine), plain.spread(bounds, counts))


@pytest.mark.parametrize(
    ("counts", "scale", "offset", "unit_ms", "wanted"),
    [
        pytest.param((1, 2), 3, -1, 1, {-1: 1, 0: 2}, id="scale 3 is ours"),
        pytest.param((1, 2, 4, 8), 4, -1, 1, {-1: 1, 0: 6, 1: 8}, id="finer: two become one, also below 1 ms"),
        pytest.param((1,) * 4, 20, -2, 1, {-1: 2, 0: 2}, id="the finest"),
        pytest.param((9, 0), 2, 3, 1, {6: 5, 7: 4}, id="coarser: split in two"),
        pytest.param((8,), 0, 1, 1, dict.fromkeys(range(8, 16), 1), id="a whole octave"),
        pytest.param((100,), 3, 0, 1000, {79: 27, 80: 73}, id="seconds lie across two bins"),
    ],
)
def test_exponential_scales(
    engine: EmbeddedEngine,
    tmp_path: Path,
    counts: Sequence[int],
    scale: int,
    offset: int,
    unit_ms: float,
    wanted: Bins,
) -> None:
    send(engine, tmp_path, exponential(counts, scale, offset, zero=3), unit_ms=unit_ms)
    assert bins(engine) == {ZERO: 3, **wanted}


def test_an_exponential_histogram_may_widen_and_become_coarser(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """Its scale halves while it counts on: what is told apart is what both points tell apart."""
    send(
        engine,
        tmp_path,
        exponential((1, 1, 1), 4, 0, at=5, temporality=CUMULATIVE),
        exponential((1, 1, 4, 0, 2), 4, 0, at=10, temporality=CUMULATIVE),
        exponential((3, 4, 7, 5), 3, -1, at=15, temporality=CUMULATIVE, zero=1),
    )
    assert bins(engine) == {ZERO: 1, -1: 3, 0: 2, 1: 6, 2: 5}
    assert engine.query("SELECT sum(fell) AS fell FROM fold_deltas") == [{"fell": 0}]


def test_a_bucket_that_falls_is_a_reset_though_the_count_rises(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(
        engine,
        tmp_path,
        explicit((0, 40, 0), (1, 2), at=5, temporality=CUMULATIVE),
        explicit((0, 8, 40), (1, 2), at=10, temporality=CUMULATIVE),
    )
    assert bins(engine) == {**dict.fromkeys(range(8), 1), ABOVE: 40}


def test_new_bounds_are_a_reset(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(
        engine,
        tmp_path,
        explicit((0, 40, 0), (1, 2), at=5, temporality=CUMULATIVE),
        explicit((0, 8, 40), (2, 4), at=10, temporality=CUMULATIVE),
    )
    assert bins(engine) == {**dict.fromkeys(range(8, 16), 1), ABOVE: 40}


def test_a_sum_that_falls_alone_is_none(engine: EmbeddedEngine, tmp_path: Path) -> None:
    first = explicit((0, 8, 0), (1, 2), at=5, temporality=CUMULATIVE)
    second = explicit((0, 16, 0), (1, 2), at=10, temporality=CUMULATIVE)
    second.histogram.data_points[0].sum = first.histogram.data_points[0].sum - 1
    send(engine, tmp_path, first, second)
    assert bins(engine) == dict.fromkeys(range(8), 1)
    assert engine.query("SELECT sum(sum) AS s FROM fold_shares") == [{"s": 0.0}]


def test_a_delta_over_many_buckets_loses_no_count(engine: EmbeddedEngine, tmp_path: Path) -> None:
    made = explicit((1, 3, 7, 1), (1, 2, 4), at=57)
    made.histogram.data_points[0].start_time_unix_nano = unix_ns(later(-47))
    send(engine, tmp_path, made)
    shares(engine, later(-50), later(50))
    rows = engine.query("SELECT n, sum, bins FROM fold_shares ORDER BY bucket")
    assert len(rows) == 11
    assert sum(row["n"] for row in rows) == pytest.approx(12)
    assert sum(row["sum"] for row in rows) == pytest.approx(24)
    total = merge({int(k): int(v) for k, v in row["bins"].items()} for row in rows)
    assert [sum(n for i, n in total.items() if a <= i < b) for a, b in ((-99, 0), (0, 8), (8, 16), (16, 32768))] == [
        1,
        3,
        7,
        1,
    ]


def test_seconds_become_milliseconds(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, explicit((0, 80, 0), (0.001, 0.002)), unit_ms=1000)
    assert bins(engine) == dict.fromkeys(range(8), 10)
    assert engine.query("SELECT sum FROM fold_shares") == [{"sum": 160_000.0}]


def test_a_summary_has_count_and_sum_only(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for at, count in ((5, 4), (10, 9)):
        quantile = SummaryDataPoint.ValueAtQuantile(quantile=0.5, value=3)
        said = SummaryDataPoint(
            time_unix_nano=unix_ns(later(at)), count=count, sum=count * 10.0, quantile_values=[quantile]
        )
        send(engine, tmp_path, Metric(name="s", summary=Summary(data_points=[said])))
    assert bins(engine) == {}
    assert engine.query("SELECT sum(n) AS n, sum(sum) AS s FROM fold_shares") == [{"n": 5.0, "s": 50.0}]


@pytest.mark.parametrize(
    ("counts", "bounds"),
    [
        pytest.param((1, 2), (1, 2), id="a count is missing"),
        pytest.param((1, 2, 3), (1, 2), id="they add up to something else"),
    ],
)
def test_counts_that_do_not_add_up_are_rejected(
    engine: EmbeddedEngine, tmp_path: Path, counts: Sequence[int], bounds: Sequence[float]
) -> None:
    bad = explicit(counts, bounds)
    bad.histogram.data_points[0].count = 7
    send(engine, tmp_path, bad)
    assert bins(engine) == {}
    assert engine.query("SELECT sender, reason, n FROM rejects") == [
        {"sender": "-/cart", "reason": "bucket counts do not add up to the count", "n": 1}
    ]


def classic(engine: EmbeddedEngine, folder: Path, at: float, **by_le: int) -> None:
    """Prometheus' buckets at one time, each told by its bound (`inf`, or ms after an `le`)."""
    bounds = {key: key.removeprefix("le").replace("_", ".") for key in by_le}
    for key, value in by_le.items():
        sent = counter("h_bucket", point(value, at=later(at), attributes={"le": bounds[key]}))
        load(engine, folder, metrics(resource("cart"), sent), received=later(60))
    rows = engine.query("SELECT DISTINCT series, attributes['le'] AS le FROM points")
    for row in rows:
        le = math.inf if row["le"] == "inf" else float(row["le"])
        read = reading(row["series"], measure="latency_bucket", metric="h_bucket", le=le, family=7)
        engine.insert_rows("readings", [read | {"le": "inf"} if le == math.inf else read])


def test_classic_buckets_are_one_histogram(engine: EmbeddedEngine, tmp_path: Path) -> None:
    classic(engine, tmp_path, 5, le1=0, le2=0, inf=0)
    classic(engine, tmp_path, 10, le1=0, le2=8, inf=10)
    assert bins(engine) == {**dict.fromkeys(range(8), 1), ABOVE: 2}
    (row,) = engine.query("SELECT n, series IN (SELECT series FROM readings WHERE le = inf) AS is_inf FROM fold_shares")
    assert row == {"n": 10.0, "is_inf": 1}


def test_a_classic_bucket_may_be_missing_once(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """Prometheus shards by label: one bucket's sample comes later, or never."""
    classic(engine, tmp_path, 1, le1=0, le2=0, inf=0)
    classic(engine, tmp_path, 5, le1=0, inf=5)
    classic(engine, tmp_path, 9, le1=0, le2=8, inf=10)
    assert bins(engine) == {**dict.fromkeys(range(8), 1), ABOVE: 2}


def test_one_bound_is_written_in_two_ways(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """`1` and `1.0` are one bound; a series of either adds to it."""
    classic(engine, tmp_path, 1, le1=0, le1_0=0, le2=0, inf=0)
    classic(engine, tmp_path, 5, le1=0, le1_0=3, le2=11, inf=11)
    assert bins(engine) == {**plain.spread((1, 2), (3, 0, 0)), **dict.fromkeys(range(8), 1)}


def test_classic_buckets_fall_together(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """A process began again and has counted more since than before, but not in each bucket."""
    classic(engine, tmp_path, 1, le1=0, le2=40, inf=50)
    classic(engine, tmp_path, 5, le1=0, le2=8, inf=60)
    assert bins(engine) == {**dict.fromkeys(range(8), 1), ABOVE: 52}


def test_bins_of_bytes_are_not_made(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, metrics(resource("cart"), explicit((1, 1), (5,))), received=later(60))
    (row,) = engine.query("SELECT series FROM points")
    engine.insert_rows("readings", [reading(row["series"], measure="request_bytes", metric="h")])
    assert bins(engine) == {}
    assert engine.query("SELECT n, sum FROM fold_shares") == [{"n": 2.0, "sum": 4.0}]
