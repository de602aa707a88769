"""One sender with label sets, hosts and paths without end: its names are bounded, its totals and all others exact."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from meshui import crowding
from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup.bounds import MOST_NAMES
from telemetry.rollup.bounds_series import USUAL
from telemetry.rollup.refresh import refresh
from tests.build import counter, later, load, log, logs, metrics, point, resource, span, traces

MANY = 30_000
INTERVAL_S = 10
NOISY, QUIET = resource("envoy-stats", instance="web-7d"), resource("envoy-stats", instance="pay-1")


def label_sets(source: str) -> Iterator[dict[str, Any]]:
    """Requests through the catch-all cluster, each to a host of its own."""
    own = {"reporter": "source", "source_canonical_service": source, "source_workload_namespace": "shop"}
    number = 0
    while True:
        host = f"h{number}.example"
        yield own | {
            "destination_service": host,
            "destination_service_name": "PassthroughCluster",
            "response_code": "200",
        }
        number += 1


def said(source: str, sets: int, value: float, at: datetime) -> Any:
    points = [point(value, at=at, attributes=labels) for labels in islice(label_sets(source), sets)]
    return metrics(NOISY if source == "web" else QUIET, counter("istio_requests_total", *points))


def totals(engine: EmbeddedEngine, source: str) -> tuple[int, float]:
    """Targets of a caller, and all requests to them."""
    (row,) = engine.query(
        "SELECT uniqExact(target) AS targets, sum(requests) AS n FROM edges_10s FINAL WHERE source = {source:String}",
        {"source": source},
    )
    return row["targets"], row["n"]


def test_label_sets_of_one_sender_do_not_grow_what_is_shown(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for beat in range(4):
        at = later(INTERVAL_S * (beat + 1))
        # Both were heard before, so that their first points count whole.
        noisy = said("web", MANY if beat else 1, float(beat), at)
        load(engine, tmp_path, noisy, said("pay", 2, 10.0 * beat, at), received=at)
        refresh(engine, at + timedelta(seconds=1))
    while refresh(engine, later(600)).left:
        pass
    targets, requests = totals(engine, "shop/web")
    assert targets == MOST_NAMES + 1
    assert round(requests) == 3 * MANY
    assert totals(engine, "shop/pay") == (2, 60.0)
    series, hosts = crowding.warnings(engine, later(0), MOST_NAMES)
    assert series["kind"] == "too_many_series"
    for part in ("web-7d", "istio_requests_total has 30,000 label sets", "destination_service alone has"):
        assert part in series["text"]
    assert f"{MANY - USUAL.sender:,} of them are counted as `other`" in series["text"]
    assert (hosts["kind"], hosts["text"][:40]) == ("too_many_hosts", "shop/web calls more than 200 hosts outsi")


def test_paths_of_one_service_in_spans_and_logs(engine: EmbeddedEngine, tmp_path: Path) -> None:
    asked = [span(id=number + 1, trace=number + 1, kind=2, name=f"GET /{number}") for number in range(MANY)]
    load(engine, tmp_path, traces(resource("web", namespace="shop"), *asked))
    access = {"traffic_direction": "inbound", "response_code": "200", "response_flags": "-", "method": "GET"}
    paths = [
        log(attributes=access | {"path": f"/p{chr(97 + number % 26)}{chr(97 + number // 26)}x"})
        for number in range(676)
    ]
    load(engine, tmp_path, logs(resource("cart", namespace="shop"), *paths))
    while refresh(engine, later(600)).left:
        pass
    rows = engine.query(
        "SELECT node, uniqExact(operation) AS names, sum(requests) AS n FROM operations_10s FINAL GROUP BY 1 ORDER BY 1"
    )
    assert rows == [
        {"node": "shop/cart", "names": MOST_NAMES + 1, "n": len(paths)},
        {"node": "shop/web", "names": MOST_NAMES + 1, "n": MANY},
    ]
    texts = [warning["text"] for warning in crowding.warnings(engine, later(0), MOST_NAMES)]
    assert texts[0].startswith("shop/web has more than 200 operations. 29,800 more, like GET /")
    assert texts[0].endswith("They come from http.route or the span's name.")
    assert texts[1].startswith("shop/cart has more than 200 operations. 476 more, like GET /p")
    assert texts[1].endswith("They come from the log's path.")


def test_nobody_is_warned_of_on_an_ordinary_day(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, said("pay", 5, 1.0, later(1)))
    load(engine, tmp_path, traces(resource("web", namespace="shop"), span(kind=2)))
    refresh(engine, later(600))
    assert crowding.warnings(engine, later(0), MOST_NAMES) == []


def test_points_of_one_metric_in_one_request_are_stored_however_many(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, said("web", 2 * MANY, 1.0, later(1)))
    assert engine.query("SELECT count() AS n FROM points") == [{"n": 2 * MANY}]
