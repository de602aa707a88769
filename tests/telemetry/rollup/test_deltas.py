"""What counts as what between two points of a counter, as senders send them; the table of mesh-telemetry.md §8.6."""

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import NumberDataPoint

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup.deltas import reach, shares
from tests.build import T0, Sender, counter, gauge, later, load, metrics, point, resource, unix_ns
from tests.telemetry.rollup.points import reading

START = int(T0.timestamp())
CART = resource("cart")
OLD = later(-86400)
STALE = 1


def at(
    seconds: float, value: float, *, start: datetime | None = OLD, flags: int = 0, code: str = ""
) -> NumberDataPoint:
    return point(value, at=later(seconds), start=start, flags=flags, attributes={"code": code} if code else None)


def send(
    engine: EmbeddedEngine,
    folder: Path,
    *points: NumberDataPoint,
    sender: Sender = CART,
    temporality: int = 2,
    peer: str = "10.0.0.1:5",
) -> None:
    sent = counter("c", *points, temporality=temporality)
    load(engine, folder, metrics(sender, sent), received=later(300), peer=peer)
    read_all(engine)


def read_all(engine: EmbeddedEngine) -> None:
    rows = engine.query("SELECT DISTINCT series, metric FROM points WHERE series NOT IN (SELECT series FROM readings)")
    engine.insert_rows("readings", [reading(row["series"], metric=row["metric"]) for row in rows])


def per_bucket(engine: EmbeddedEngine, since_s: int = 0, until_s: int = 120) -> dict[int, float]:
    """What happened by bucket (seconds after T0), over all series."""
    shares(engine, later(since_s), later(until_s))
    rows = engine.query(
        "SELECT toUnixTimestamp(bucket) AS at, round(sum(n), 6) AS n FROM fold_shares GROUP BY at ORDER BY at"
    )
    return {row["at"] - START: row["n"] for row in rows}


def deltas(engine: EmbeddedEngine) -> list[tuple[float, float, float]]:
    """(since, at, how many), seconds after T0."""
    per_bucket(engine, -600, 1200)
    rows = engine.query("SELECT since, at, n FROM fold_deltas WHERE since > 0 ORDER BY at, since")
    base = unix_ns(T0)
    return [((row["since"] - base) / 1e9, (row["at"] - base) / 1e9, row["n"]) for row in rows]


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        pytest.param([at(0, 5), at(10, 9)], [(0, 10, 4)], id="grows"),
        pytest.param([at(0, 5), at(10, 5)], [(0, 10, 0)], id="stays: covered, nothing happened"),
        pytest.param([at(0, 5), at(10, 3)], [(0, 10, 3)], id="falls: began again"),
        pytest.param([at(0, 5), at(10, 3, start=later(4))], [(0, 10, 3)], id="falls, and its start moved"),
        pytest.param([at(0, 5), at(10, 9, start=later(4))], [(0, 10, 4)], id="only its start moved"),
        pytest.param([at(0, 5), at(10, 9, start=later(10))], [(0, 10, 4)], id="a start of its own time"),
        pytest.param([at(10, 9), at(0, 5), at(5, 6)], [(0, 5, 1), (5, 10, 3)], id="out of order"),
        pytest.param([at(0, 5), at(10, 9), at(10, 9)], [(0, 10, 4)], id="sent twice"),
        pytest.param([at(0, 5), at(10, 0, flags=STALE), at(20, 9)], [(0, 20, 4)], id="a marker is no zero"),
        pytest.param([at(0, 5), at(10, 0, flags=STALE), at(20, 2)], [(0, 20, 2)], id="began again after a marker"),
        pytest.param([at(0, 5), at(10, 0, flags=STALE)], [], id="ended"),
        pytest.param([at(0, 5), at(599, 9)], [(0, 599, 4)], id="a gap of nearly ten minutes"),
        pytest.param([at(0, 5), at(601, 9)], [], id="after more a first point, the sender's too"),
        pytest.param([at(0, 5)], [], id="a sender's first ever is a baseline"),
        pytest.param([at(0, 5, start=later(-100))], [(-100, 0, 5)], id="unless it began lately"),
        pytest.param([at(0, 5, start=later(-130))], [], id="two intervals ago is not lately"),
        pytest.param([at(0, 5, start=later(0))], [], id="nor is its own time a start"),
        pytest.param([at(0, 5, start=None)], [], id="or no time at all"),
        pytest.param([at(0, 2**62), at(10, 2**62 + 2**20)], [(0, 10, 2**20)], id="integers may be large"),
        pytest.param([at(0, 1.5), at(10, 2.75)], [(0, 10, 1.25)], id="and doubles broken"),
    ],
)
def test_one_series(
    engine: EmbeddedEngine, tmp_path: Path, points: Sequence[NumberDataPoint], wanted: list[tuple[float, float, float]]
) -> None:
    for one in points:
        send(engine, tmp_path, one)
    assert deltas(engine) == wanted


def test_an_outage_counts_from_its_first_request(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """Envoy sends a counter from the flush in which it first moved: `503` appears already at 104."""
    for second in (0, 5, 10):
        send(engine, tmp_path, at(second, second, code="200"))
    send(engine, tmp_path, at(15, 15, code="200"), at(15, 104, code="503"))
    assert deltas(engine)[-2:] == [(10, 15, 5), (10, 15, 104)]


def test_a_new_series_of_a_sender_that_was_silent_is_a_baseline(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for second in (0, 5, 10):
        send(engine, tmp_path, at(second, second, code="200"))
    send(engine, tmp_path, at(100, 104, code="503"))
    assert deltas(engine) == [(0, 5, 5), (5, 10, 5)]


def test_another_senders_flush_is_none_of_this_one(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for second in (0, 5):
        send(engine, tmp_path, at(second, second))
    send(engine, tmp_path, at(10, 104), sender=resource("web"))
    assert deltas(engine) == [(0, 5, 5)]


def test_who_names_nobody_is_told_by_the_connection(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """An Envoy without resource detectors: two of them are two series, though all they say is the same."""
    for second in (0, 10):
        send(engine, tmp_path, at(second, 5 + second), sender=resource(), peer="10.0.0.1:5")
        send(engine, tmp_path, at(second, 900 + second), sender=resource(), peer="10.0.0.2:5")
    assert deltas(engine) == [(0, 10, 10), (0, 10, 10)]
    names = engine.query("SELECT DISTINCT sender_name AS name FROM points ORDER BY name")
    assert [row["name"] for row in names] == ["10.0.0.1:5", "10.0.0.2:5"]


@pytest.mark.parametrize("key", ["service.name", "service.instance.id", "k8s.pod.name", "host.name", "node_name"])
def test_who_is_named_may_come_over_any_connection(engine: EmbeddedEngine, tmp_path: Path, key: str) -> None:
    for second, peer in ((0, "10.0.0.1:5"), (10, "10.0.0.2:5")):
        send(engine, tmp_path, at(second, second), sender=resource(attributes={key: "cart"}), peer=peer)
    assert deltas(engine) == [(0, 10, 10)]


def test_an_sdk_that_knows_no_name_is_told_by_the_connection(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for second, peer in ((0, "10.0.0.1:5"), (10, "10.0.0.2:5")):
        send(engine, tmp_path, at(second, second), sender=resource("unknown_service:python"), peer=peer)
    assert deltas(engine) == []


def test_envoys_start_is_in_microseconds(engine: EmbeddedEngine, tmp_path: Path) -> None:
    one = at(0, 7)
    one.start_time_unix_nano = unix_ns(later(-30)) // 1000
    send(engine, tmp_path, one)
    assert deltas(engine) == [(-30, 0, 7)]


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        pytest.param([at(10, 4, start=later(0))], [(0, 10, 4)], id="since its start"),
        pytest.param([at(10, 4, start=later(0))] * 2, [(0, 10, 4)], id="sent twice"),
        pytest.param([at(5, 1, start=later(0)), at(10, 4, start=OLD)], [(0, 5, 1), (5, 10, 4)], id="Envoy's first"),
        pytest.param([at(10, 4, start=OLD)], [(-50, 10, 4)], id="nothing says since when: an interval"),
        pytest.param([at(5, 9, start=later(0)), at(10, 4, start=later(5))], [(0, 5, 9), (5, 10, 4)], id="may fall"),
    ],
)
def test_deltas_are_as_they_are(
    engine: EmbeddedEngine, tmp_path: Path, points: Sequence[NumberDataPoint], wanted: list[tuple[float, float, float]]
) -> None:
    for one in points:
        send(engine, tmp_path, one, temporality=1)
    assert deltas(engine) == wanted


def test_a_delta_is_shared_by_time(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, at(5, 0), at(25, 40))
    assert per_bucket(engine) == {0: 10, 10: 20, 20: 10}
    (row,) = engine.query("SELECT until, interval_s, estimated FROM fold_shares ORDER BY bucket DESC LIMIT 1")
    assert row == {"until": "2026-09-21 10:00:25.000", "interval_s": 20.0, "estimated": 0}


def test_a_point_at_the_border_says_nothing_of_what_follows(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, at(0, 0), at(10, 7))
    assert per_bucket(engine) == {0: 7}


def test_a_long_gap_is_marked_estimated(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, at(0, 0), at(300, 30), at(610, 61))
    per_bucket(engine, 0, 600)
    rows = engine.query("SELECT min(bucket) AS first, count() AS n FROM fold_shares WHERE estimated")
    assert rows == [{"first": "2026-09-21 10:05:00", "n": 31}]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(math.nan, "counter is not a number", id="NaN"),
        pytest.param(math.inf, "counter is not a number", id="infinite"),
        pytest.param(2.0**53 + 2, "counter is beyond what a double counts exactly", id="a double that skips"),
        pytest.param(-1, "counter is below zero", id="negative"),
    ],
)
def test_numbers_that_cannot_be_are_rejected(engine: EmbeddedEngine, tmp_path: Path, value: float, reason: str) -> None:
    send(engine, tmp_path, at(0, 5), at(10, value), at(20, 9))
    assert deltas(engine) == [(0, 20, 4)]
    assert engine.query("SELECT sender, reason, n FROM rejects") == [{"sender": "-/cart", "reason": reason, "n": 1}]


def test_late_points_have_no_part_and_are_told(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, metrics(CART, counter("c", at(0, 5), at(10, 9))), received=later(6 * 3600))
    read_all(engine)
    assert deltas(engine) == []
    assert engine.query("SELECT reason, n FROM rejects") == [{"reason": "time outside the accepted age", "n": 2}]


def two_writers(engine: EmbeddedEngine, folder: Path) -> None:
    """One counts 5 every 15 s and has 1,000; the other has a few, in between."""
    for turn in range(8):
        send(engine, folder, at(15 * turn, 1000 + 5 * turn), at(15 * turn + 7, 10 + turn))


def test_two_writers_are_not_a_thousand_requests(engine: EmbeddedEngine, tmp_path: Path) -> None:
    two_writers(engine, tmp_path)
    assert sum(per_bucket(engine, 10, 90).values()) == pytest.approx(5 * 90 / 15, abs=0.01)


def test_two_writers_raise_a_warning(engine: EmbeddedEngine, tmp_path: Path) -> None:
    two_writers(engine, tmp_path)
    for _ in range(2):
        per_bucket(engine, 0, 110)
    rows = engine.query("SELECT at, metric, sender_name, n FROM conflicts FINAL ORDER BY at")
    assert [tuple(row.values()) for row in rows] == [
        ("2026-09-21 10:00:00", "c", "-/cart", 4),
        ("2026-09-21 10:01:00", "c", "-/cart", 4),
    ]


def test_one_restart_is_no_conflict(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, at(0, 50), at(10, 60), at(20, 3), at(30, 8))
    assert deltas(engine) == [(0, 10, 10), (10, 20, 3), (20, 30, 5)]
    assert engine.query("SELECT count() AS n FROM conflicts") == [{"n": 0}]


def gauges(engine: EmbeddedEngine, folder: Path, *points: NumberDataPoint) -> dict[int, float]:
    """What a gauge says, beside a counter that is sent every 15 s."""
    send(engine, folder, *[at(second, 1) for second in range(0, 61, 15)])
    load(engine, folder, metrics(CART, gauge("g", *points)), received=later(60))
    read_all(engine)
    shares(engine, T0, later(60))
    rows = engine.query(
        "SELECT toUnixTimestamp(bucket) AS at, n FROM fold_shares INNER JOIN readings USING (series)"
        " WHERE metric = 'g' ORDER BY at"
    )
    return {row["at"] - START: row["n"] for row in rows}


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        pytest.param([at(15, 9), at(15.04, 5)], {10: 9, 20: 5, 30: 5}, id="the greatest; the newest for an interval"),
        pytest.param([at(15, 3), at(30, 4)], {10: 3, 20: 3, 30: 4, 40: 4}, id="from flush to flush"),
        pytest.param([at(0, 3), at(5, 0, flags=STALE)], {0: 3}, id="a marker ends it"),
        pytest.param([at(0, math.nan), at(15, 2)], {10: 2, 20: 2, 30: 2}, id="NaN says nothing"),
    ],
)
def test_a_gauge(
    engine: EmbeddedEngine, tmp_path: Path, points: Sequence[NumberDataPoint], wanted: dict[int, float]
) -> None:
    assert gauges(engine, tmp_path, *points) == wanted


def test_a_series_that_nobody_reads_says_nothing(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, at(0, 5), at(10, 9))
    engine.execute("TRUNCATE TABLE readings")
    engine.insert_rows("readings", [{"series": 1, "why": "not read"}])
    assert per_bucket(engine) == {}


@pytest.mark.parametrize(
    ("sent", "newest", "wanted"),
    [
        pytest.param([0, 15, 30], 30, range(10, 31, 10), id="back to the flush before"),
        pytest.param([0, 15, 30], 10, range(0, 31, 10), id="a late one ahead to the next"),
        pytest.param([0], 0, range(-120, 1, 10), id="a first flush to a start two minutes ago"),
        pytest.param([0, 500], 500, range(0, 501, 10), id="over a gap"),
        pytest.param([0, 700], 700, range(580, 701, 10), id="not over more than ten minutes"),
        pytest.param([0, 15], 100, range(100, 101), id="nothing stands there"),
    ],
)
def test_reach(engine: EmbeddedEngine, tmp_path: Path, sent: list[float], newest: int, wanted: range) -> None:
    send(engine, tmp_path, *[at(second, second) for second in sent])
    assert sorted(reach(engine, {START + newest})) == [START + second for second in wanted]


def test_reach_goes_back_over_a_silence_of_the_series_alone(engine: EmbeddedEngine, tmp_path: Path) -> None:
    send(engine, tmp_path, *[at(second, second, code="200") for second in range(0, 100, 10)])
    send(engine, tmp_path, at(20, 1, code="503"), at(90, 4, code="503"))
    assert min(reach(engine, {START + 90})) == START + 20
    assert max(reach(engine, {START + 20})) == START + 90
