"""A sender's label sets beyond a number are read as `other`: totals stay exact, others are read as ever."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup.bounds_series import SeriesBounds
from telemetry.rollup.metrics import read_series
from tests.build import T0, counter, later, load, metrics, point, resource

Labels = dict[str, Any]
BOUNDS = SeriesBounds(sender=3, in_all=8, always=1, values=2)
WEB: Labels = {"reporter": "source", "source_canonical_service": "web", "source_workload_namespace": "shop"}
SOLD: Labels = WEB | {
    "destination_service_name": "cart",
    "destination_service_namespace": "shop",
    "response_code": "200",
}


def out(host: str) -> Labels:
    """A request through the catch-all cluster: the host is what the caller asked for."""
    return WEB | {"destination_service": host, "destination_service_name": "PassthroughCluster"}


def sent(
    engine: EmbeddedEngine, folder: Path, labels: Iterable[Labels], *, sender: str = "web-7d", at_s: float = 0.0,
    metric: str = "istio_requests_total",
) -> None:  # fmt: skip
    points = [point(1.0, at=later(at_s), attributes=each) for each in labels]
    load(engine, folder, metrics(resource("envoy-stats", instance=sender), counter(metric, *points)))
    read_series(engine, later(at_s), later(at_s), BOUNDS)


def read(engine: EmbeddedEngine) -> list[tuple[str, int]]:
    """(target or host called, beyond) of each series, in order."""
    rows = engine.query(
        "SELECT if(target = '', peer, target) AS whom, beyond FROM readings FINAL ORDER BY beyond, whom"
    )
    return [(row["whom"], row["beyond"]) for row in rows]


def test_hosts_beyond_are_one(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sent(engine, tmp_path, (out(f"h{number}.example") for number in range(7)))
    found = read(engine)
    assert [beyond for _, beyond in found] == [0, 0, 0, 1, 1, 1, 1]
    assert {whom for whom, beyond in found if beyond} == {"-/other"}
    assert len({whom for whom, beyond in found if not beyond}) == 3
    kinds = engine.query("SELECT DISTINCT why, source, target_kind, peer FROM readings FINAL WHERE beyond")
    assert kinds == [{"why": "", "source": "shop/web", "target_kind": "external", "peer": ""}]


def test_what_was_read_stays_and_the_rest_joins_the_others(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sent(engine, tmp_path, (out(f"a{number}.example") for number in range(2)))
    sent(engine, tmp_path, (out(f"b{number}.example") for number in range(4)), at_s=20)
    kept = [whom for whom, beyond in read(engine) if not beyond]
    assert kept[:2] == ["a0.example", "a1.example"]
    assert [beyond for _, beyond in read(engine)] == [0, 0, 0, 1, 1, 1]


def test_only_the_label_with_too_many_values_is_left_out(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sent(engine, tmp_path, (SOLD | {"destination_canonical_revision": f"v{number}"} for number in range(7)))
    rows = engine.query("SELECT target, target_version, code FROM readings FINAL WHERE beyond")
    assert rows == [{"target": "shop/cart", "target_version": "", "code": 200}] * 4


def test_operations_beyond_are_one(engine: EmbeddedEngine, tmp_path: Path) -> None:
    labels = [{"http.request.method": "GET", "http.route": f"/{number}"} for number in range(7)]
    sent(engine, tmp_path, labels, metric="http.server.request.duration")
    assert (
        engine.query("SELECT operation, why FROM readings FINAL WHERE beyond")
        == [{"operation": "other", "why": ""}] * 4
    )


def test_the_buckets_of_a_histogram_are_one_label_set(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sets = [
        SOLD | {"response_code": code, "le": le} for code in ("200", "503", "404") for le in ("1", "5", "10", "+Inf")
    ]
    sent(engine, tmp_path, sets, metric="istio_request_duration_milliseconds_bucket")
    assert {beyond for _, beyond in read(engine)} == {0}


def test_another_sender_is_read_as_ever(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sent(engine, tmp_path, (out(f"h{number}.example") for number in range(40)))
    sent(engine, tmp_path, [SOLD], sender="web-8e")
    assert ("shop/cart", 0) in read(engine)


def test_all_senders_together_are_bounded_but_for_the_first_of_each(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for sender in range(6):
        sent(engine, tmp_path, (out(f"h{number}.example") for number in range(3)), sender=f"web-{sender}")
    beyond = engine.query("SELECT sender, sum(beyond) AS n FROM readings FINAL GROUP BY sender ORDER BY n")
    assert [row["n"] for row in beyond] == [0, 0, 1, 2, 2, 2]


def test_a_warning_names_sender_metric_and_label(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sent(engine, tmp_path, (out(f"h{number}.example") for number in range(7)))
    (row,) = engine.query("SELECT sender_name, metric, label, n FROM series_crowded FINAL")
    assert row == {
        "sender_name": "-/envoy-stats (web-7d)",
        "metric": "istio_requests_total",
        "label": "destination_service",
        "n": 7,
    }


@pytest.mark.parametrize("times", [1, 2])
def test_reading_again_changes_nothing(engine: EmbeddedEngine, tmp_path: Path, times: int) -> None:
    sent(engine, tmp_path, (out(f"h{number}.example") for number in range(7)))
    once = read(engine)
    for _ in range(times):
        read_series(engine, T0, T0 + timedelta(seconds=10), BOUNDS)
    assert read(engine) == once
