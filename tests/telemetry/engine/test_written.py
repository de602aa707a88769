"""What Prometheus writes as it stands in `points`: the same rows whichever version brought it."""

import gzip
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.prometheus import (
    COUNTER,
    GAUGE,
    GAUGE_HISTOGRAM,
    HISTOGRAM,
    INFO,
    STALE,
    STATE_SET,
    SUMMARY,
)
from tests.build import T0, load
from tests.data import data_folder
from tests.written import Series, one, series, stored, two

MS = int(T0.timestamp() * 1000)
NATIVE = {
    "count_int": 12, "sum": 3.5, "schema": 3, "zero_count_int": 2, "zero_threshold": 0.001, "timestamp": MS,
    "positive_spans": [(-2, 2), (3, 1)], "positive_deltas": [1, 2, -1],
    "negative_spans": [(1, 1)], "negative_deltas": [4],
}  # fmt: skip
Make = Callable[[Iterable[Series]], Any]
OF_TRAFFIC = re.compile("envoy_(cluster|http|listener|tcp)_(?!manager_)")
"""Not of the process: only Envoy itself needs those."""
EITHER = pytest.mark.parametrize("make", [one, two], ids=["1.0", "2.0"])


def points(engine: EmbeddedEngine, columns: str = "*") -> list[dict[str, Any]]:
    return engine.query(f"SELECT metric, {columns} FROM points ORDER BY metric, ts, segment")


@EITHER
def test_a_sample_is_a_point(engine: EmbeddedEngine, tmp_path: Path, make: Make) -> None:
    made = series("rq_total", 4.5, MS + 1234, job="shop/cart", instance="10.0.0.7:9901", code="200", empty="")
    load(engine, tmp_path, stored(make([made])), peer="10.0.0.1:5555")
    columns = (
        "attributes, kinds, value, type, temporality, monotonic, flags, toString(ts) AS ts, bucket, late, peer,"
        " sender_name, sender = resource_id AS alone, toString(received) AS received, isNull(value_int) AS whole"
    )
    (row,) = points(engine, columns)
    assert row == {
        "metric": "rq_total",
        "attributes": {"code": "200", "instance": "10.0.0.7:9901", "job": "shop/cart"},
        "kinds": ["string_value"] * 3,
        "value": 4.5, "type": "sum", "temporality": 2, "monotonic": 1, "flags": 0, "late": 0,
        "ts": "2026-09-21 10:00:01.234000000", "bucket": "2026-09-21 10:00:00",
        "received": "2026-09-21 10:00:00.000000000",
        "peer": "10.0.0.1:5555", "sender_name": "shop/cart 10.0.0.7:9901", "alone": 1, "whole": 1,
    }  # fmt: skip
    (resource,) = engine.query(
        "SELECT attributes, resource_id IN (SELECT resource_id FROM points) AS same FROM resources"
    )
    assert resource == {"attributes": {"job": "shop/cart", "instance": "10.0.0.7:9901"}, "same": 1}


def test_both_versions_write_one_series(engine: EmbeddedEngine, tmp_path: Path) -> None:
    made = [series("rq_total", 4, MS, job="j", instance="i", code="200"), Series({"__name__": "h"}, natives=[NATIVE])]
    load(engine, tmp_path, stored(one(made)), stored(two(made)))
    rows = points(engine, "series, sender, type, counts, value")
    assert rows[0] == rows[1]
    assert rows[2] == rows[3]
    assert rows[0]["series"] != rows[2]["series"]


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("rq_total", "sum"), ("took_bucket", "sum"), ("took_sum", "sum"), ("took_count", "sum"),
        ("temperature", "gauge"), ("totally", "gauge"), ("bucket", "gauge"),
        ("envoy_cluster_upstream_rq", "sum"), ("envoy_cluster_upstream_rq_time_bucket", "sum"),
        ("envoy_cluster_upstream_rq_active", "gauge"), ("envoy_cluster_membership_total", "gauge"),
        ("envoy_cluster_circuit_breakers_default_remaining_rq", "gauge"),
    ],
)  # fmt: skip
def test_a_type_that_nobody_says_stands_in_the_name(
    engine: EmbeddedEngine, tmp_path: Path, name: str, type_: str
) -> None:
    load(engine, tmp_path, stored(one([series(name, 1, MS)])), stored(two([series(name, 1, MS)])))
    assert [row["type"] for row in points(engine, "type")] == [type_] * 2


def test_the_names_of_a_real_envoys_page_tell_their_types(engine: EmbeddedEngine) -> None:
    pages = sorted(data_folder("envoy").glob("prometheus-*.txt.gz"))
    lines = [line for page in pages for line in gzip.decompress(page.read_bytes()).decode().splitlines()]
    types = {tuple(line.split()[2:4]) for line in lines if line.startswith("# TYPE")}
    wanted = sorted(
        (name, kind == "counter") for name, kind in types if kind in ("counter", "gauge") and OF_TRAFFIC.match(name)
    )
    sql = "SELECT arrayMap(n -> meshui_named_counter(n), {names:Array(String)}) AS told"
    (row,) = engine.query(sql, {"names": [name for name, _ in wanted]})
    wrong = [name for (name, counts), told in zip(wanted, row["told"], strict=True) if counts != told]
    assert [len(pages), len(wanted) > 500, wrong] == [12, True, []]


@pytest.mark.parametrize(
    ("kind", "name", "type_"),
    [
        (COUNTER, "upstream_rq", "sum"), (GAUGE, "a_count", "gauge"), (HISTOGRAM, "took_bucket", "sum"),
        (HISTOGRAM, "took_sum", "sum"), (SUMMARY, "took_sum", "sum"), (SUMMARY, "took", "gauge"),
        (GAUGE_HISTOGRAM, "sizes_bucket", "gauge"), (INFO, "a_info", "gauge"), (STATE_SET, "a", "gauge"),
    ],
)  # fmt: skip
def test_version_2_says_the_type(engine: EmbeddedEngine, tmp_path: Path, kind: int, name: str, type_: str) -> None:
    made = Series({"__name__": name}, [(1, MS)], kind=kind, unit="s", start_ms=MS - 5000)
    load(engine, tmp_path, stored(two([made])))
    (row,) = points(engine, "type, unit, toString(start) AS start")
    assert (row["type"], row["unit"], row["start"]) == (type_, "s", "2026-09-21 09:59:55.000000000")


def test_version_1_says_types_apart_and_a_series_stays_one(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """What is told of a metric counts from then on."""
    made = [series("upstream_rq", 1, MS), series("a_count", 1, MS), series("rq_total", 1, MS)]
    load(engine, tmp_path, stored(one(made)))
    load(engine, tmp_path, stored(one([], [(COUNTER, "upstream_rq"), (GAUGE, "a_count"), (COUNTER, "rq_total")])))
    load(engine, tmp_path, stored(one(made)))
    rows = points(engine, "type, series")
    assert [row["type"] for row in rows] == ["sum", "gauge", "sum", "sum", "gauge", "sum"]
    assert len({row["series"] for row in rows}) == 3
    known = engine.query("SELECT metric FROM write_families ORDER BY metric")
    assert [row["metric"] for row in known] == ["a_count", "upstream_rq"]


@EITHER
def test_a_stale_marker_is_no_value_and_another_nan_is(engine: EmbeddedEngine, tmp_path: Path, make: Make) -> None:
    """Trap 31."""
    assert pack("<d", STALE) != pack("<d", math.nan)
    stale = NATIVE | {"sum": STALE, "count_int": 0, "positive_spans": [], "positive_deltas": []}
    made = [series("a", STALE, MS), series("b", math.nan, MS), Series({"__name__": "c"}, natives=[stale])]
    load(engine, tmp_path, stored(make(made)))
    assert [row["flags"] for row in points(engine, "flags")] == [1, 0, 1]


@EITHER
def test_a_native_histogram_is_one_bucket_off_otlps(engine: EmbeddedEngine, tmp_path: Path, make: Make) -> None:
    """Trap 45: bucket i of Prometheus ends where bucket i of OTLP begins. Gaps between spans are empty buckets."""
    load(engine, tmp_path, stored(make([Series({"__name__": "h"}, natives=[NATIVE])])))
    (row,) = points(engine, "type, temporality, count, sum, scale, offset, counts, zero_count, zero_threshold,"
        " negative_offset, negative_counts, bounds, toString(ts) AS ts")  # fmt: skip
    assert row == {
        "metric": "h", "type": "exponential_histogram", "temporality": 2, "count": 12, "sum": 3.5, "scale": 3,
        "offset": -3, "counts": [1, 3, 0, 0, 0, 2], "zero_count": 2, "zero_threshold": 0.001,
        "negative_offset": 0, "negative_counts": [4], "bounds": [], "ts": "2026-09-21 10:00:00.000000000",
    }  # fmt: skip
    assert engine.query("SELECT reason FROM rejects") == []


@EITHER
def test_a_native_histogram_of_floats(engine: EmbeddedEngine, tmp_path: Path, make: Make) -> None:
    floats = {
        "count_float": 6.4, "sum": 1.0, "schema": 0, "zero_count_float": 1.4, "timestamp": MS,
        "positive_spans": [(1, 2)], "positive_counts": [2.4, 2.6],
    }  # fmt: skip
    load(engine, tmp_path, stored(make([Series({"__name__": "h"}, natives=[floats])])))
    (row,) = points(engine, "count, counts, offset, zero_count, scale")
    assert row == {"metric": "h", "count": 6, "counts": [2, 3], "offset": 0, "zero_count": 1, "scale": 0}


@EITHER
def test_a_histogram_of_custom_buckets_is_one_of_bounds(engine: EmbeddedEngine, tmp_path: Path, make: Make) -> None:
    custom = {
        "count_int": 4, "sum": 9.0, "schema": -53, "custom_values": [0.1, 0.5, 1.0], "timestamp": MS,
        "positive_spans": [(1, 1), (1, 1)], "positive_deltas": [1, 2],
    }  # fmt: skip
    load(engine, tmp_path, stored(make([Series({"__name__": "h"}, natives=[custom])])))
    (row,) = points(engine, "type, count, bounds, counts, scale, offset")
    assert row == {
        "metric": "h", "type": "histogram", "count": 4, "bounds": [0.1, 0.5, 1.0], "counts": [0, 1, 0, 3],
        "scale": 0, "offset": 0,
    }  # fmt: skip


def test_a_gauge_histogram_counts_nothing_up(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, stored(one([Series({"__name__": "h"}, natives=[NATIVE | {"reset_hint": 3}])])))
    assert points(engine, "temporality") == [{"metric": "h", "temporality": 0}]


@EITHER
def test_replicas_write_one_series(engine: EmbeddedEngine, tmp_path: Path, make: Make) -> None:
    """Trap 6: a pair of Prometheus sends everything twice."""
    for name in ("prometheus_replica", "replica", "__replica__"):
        both = [series("rq_total", n, MS + n, job="j", instance="i", **{name: f"r{n}"}) for n in (1, 2)]
        load(engine, tmp_path, *[stored(make([each])) for each in both])
    rows = points(engine, "series, attributes")
    assert len({row["series"] for row in rows}) == 1
    assert {tuple(row["attributes"]) for row in rows} == {("instance", "job")}


def test_clusters_do_not_share_series(engine: EmbeddedEngine, tmp_path: Path) -> None:
    made = [series("rq_total", 1, MS, job="j", instance="i", cluster=cluster) for cluster in ("a", "b")]
    load(engine, tmp_path, stored(one(made)))
    rows = points(engine, "series, sender")
    assert (len({row["series"] for row in rows}), len({row["sender"] for row in rows})) == (2, 1)


def test_who_has_no_instance_is_told_by_its_address_without_the_port(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """A Prometheus writes over several connections, and over new ones after each restart."""
    for peer in ("10.0.0.1:1", "10.0.0.1:2", "[::1]:1", "[::1]:2"):
        load(engine, tmp_path, stored(one([series("rule_total", 1, MS, job="j")])), peer=peer)
    rows = points(engine, "sender, series, sender_name")
    assert [row["sender_name"] for row in rows] == ["10.0.0.1"] * 2 + ["[::1]"] * 2
    assert len({row["sender"] for row in rows}) == len({row["series"] for row in rows}) == 2


@pytest.mark.parametrize("at", [MS - 6 * 3600_000, MS + 3600_000, -5, 2**63 - 1, -(2**63)])
def test_times_that_cannot_be_are_late(engine: EmbeddedEngine, tmp_path: Path, at: int) -> None:
    load(engine, tmp_path, stored(one([series("a", 1, at)])))
    (row,) = points(engine, "late, bucket")
    assert (row["late"], row["bucket"]) == (1, T0.strftime("%Y-%m-%d %H:%M:%S"))


def test_many_series_and_samples_of_one_request(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """Every sample of every series, to the time of each."""
    made = [
        Series({"__name__": "rq_total", "n": str(n)}, [(n + at, MS + at * 15_000) for at in range(4)])
        for n in range(300)
    ]
    load(engine, tmp_path, stored(two(made)), received=T0 + timedelta(minutes=1))
    rows = engine.query("SELECT attributes['n'] AS n, value, toUnixTimestamp64Milli(ts) AS ms FROM points")
    assert sorted((int(row["n"]), row["value"], row["ms"]) for row in rows) == [
        (n, float(n + at), MS + at * 15_000) for n in range(300) for at in range(4)
    ]
    dirty = engine.query("SELECT toUnixTimestamp(bucket) AS at, n FROM dirty WHERE signal = 'metrics' ORDER BY at")
    begins = int(datetime.fromtimestamp(MS / 1000, UTC).timestamp())
    assert [(row["at"] - begins, row["n"]) for row in dirty] == [(0, 300), (10, 300), (30, 300), (40, 300)]
