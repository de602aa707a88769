"""How series were read is found by metric, by who, and by whether; pages follow each other without gap or repeat."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup.readings import START, Asked, Reading, readings, summary
from tests.build import gauge, load, metrics, point, resource

NOW = datetime(2026, 9, 21, 10, 0, 30, tzinfo=UTC)
BARE: dict[str, Any] = {
    "sender": 0, "type": "sum", "temporality": 2, "rank": 0, "by_cluster": 0, "measure": "", "why": "",
    "side": "client",
    "source": "", "target": "", "peer": "", "peer_ns": "", "peer_kind": "", "source_kind": "", "target_kind": "",
    "source_version": "", "target_version": "", "instance": "", "operation": "", "protocol": "", "code": 0, "grpc": -1,
    "flags": "", "status": 0, "first_digit": 0, "tls": "unknown", "arrived": -1, "source_identity": "",
    "target_identity": "", "family": 0, "unit_ms": 1.0, "cluster": "", "dialect": "", "seen": "2026-09-21 10:00:00",
}  # fmt: skip
REQUESTS = {"metric": "istio_requests_total", "name": "istio_requests", "dialect": "istio", "measure": "requests"}


def insert(engine: EmbeddedEngine, *rows: dict[str, Any]) -> None:
    made = [BARE | {"series": number, "name": "", "le": 0.0} | row for number, row in enumerate(rows, 1)]
    engine.insert_rows("readings", made)


@pytest.fixture
def some(engine: EmbeddedEngine) -> EmbeddedEngine:
    insert(
        engine,
        REQUESTS
        | {
            "source": "shop/web", "target": "shop/cart", "code": 503, "flags": "UH,URX", "tls": "mutual",
            "target_version": "v2", "source_identity": "spiffe://m/ns/shop/sa/web", "protocol": "http",
        },
        REQUESTS | {"source": "shop/cart", "peer": "redis", "peer_ns": "data", "grpc": 14, "side": "server"},
        {"metric": "go_goroutines", "type": "gauge", "why": "no rule for this metric"},
        {
            "metric": "cluster.upstream_rq", "dialect": "envoy", "measure": "classes", "first_digit": 5,
            "cluster": "cart_grpc",
        },
    )  # fmt: skip
    return engine


def found(engine: EmbeddedEngine, **asked: Any) -> list[Reading]:
    return list(readings(engine, Asked(**asked), NOW, 100).items)


def test_a_series_says_how_it_was_read(some: EmbeddedEngine) -> None:
    first, second = found(some, metric="requests")
    assert (first.source, first.target, first.peer, first.code) == ("shop/web", "shop/cart", None, "503")
    assert (first.flags, first.tls, first.versions, first.side) == (("UH", "URX"), "mutual", ("", "v2"), "client")
    assert (first.identities, first.why, first.measure) == (("spiffe://m/ns/shop/sa/web", ""), None, "requests")
    assert (second.source, second.target, second.peer, second.code) == ("shop/cart", None, "data/redis", "grpc:14")
    (third,) = found(some, metric="upstream")
    assert (third.code, third.cluster, third.source) == ("5xx", "cart_grpc", None)


@pytest.mark.parametrize(
    ("asked", "metrics_found"),
    [
        pytest.param({}, ["cluster.upstream_rq", "go_goroutines", *["istio_requests_total"] * 2], id="everything"),
        pytest.param({"metric": "ISTIO"}, ["istio_requests_total"] * 2, id="part of a metric's name, in any case"),
        pytest.param({"read": False}, ["go_goroutines"], id="not read"),
        pytest.param({"read": True, "metric": "go"}, [], id="read, and there is none"),
        pytest.param({"who": "shop/WEB"}, ["istio_requests_total"], id="an end"),
        pytest.param({"who": "cart_grpc"}, ["cluster.upstream_rq"], id="a proxy's cluster"),
        pytest.param({"who": "redis"}, ["istio_requests_total"], id="the other side's raw name"),
        pytest.param({"who": "%"}, [], id="no pattern: what is typed is looked for"),
    ],
)
def test_what_is_asked(some: EmbeddedEngine, asked: dict[str, Any], metrics_found: list[str]) -> None:
    assert [each.metric for each in found(some, **asked)] == metrics_found


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_hold_every_series_once(engine: EmbeddedEngine, size: int) -> None:
    insert(engine, *(REQUESTS | {"metric": f"m{number % 3}", "source": f"a/{number}"} for number in range(7)))
    seen: list[str | None] = []
    after = START
    while True:
        page = readings(engine, Asked(), NOW, size, after)
        assert len(page.items) <= size
        seen += [each.source for each in page.items]
        if page.after is None:
            break
        after = page.after
    assert sorted(filter(None, seen)) == [f"a/{number}" for number in range(7)]


def test_a_histogram_of_one_series_a_bucket_is_one(engine: EmbeddedEngine) -> None:
    buckets = [
        {"metric": "d_bucket", "measure": "latency_bucket", "family": 7, "le": float(le), "source": "a/x"}
        for le in (1, 5, 10)
    ]
    insert(engine, *buckets, *({**bucket, "family": 8, "source": "a/y"} for bucket in buckets))
    one, other = found(engine)
    assert [(each.source, each.buckets) for each in (one, other)] == [("a/x", 3), ("a/y", 3)]
    assert readings(engine, Asked(), NOW, 1).after == ("d_bucket", 7)


def test_a_series_read_anew_counts_once(engine: EmbeddedEngine) -> None:
    insert(engine, REQUESTS | {"why": "nobody yet"})
    insert(engine, REQUESTS | {"source": "a/x"})
    assert [each.source for each in found(engine)] == ["a/x"]
    assert (summary(engine).read, summary(engine).unread) == (1, ())


def test_labels_sender_and_time_are_of_the_last_point(engine: EmbeddedEngine, tmp_path: Path) -> None:
    web, at = resource("web", namespace="shop", instance="web-1"), NOW - timedelta(seconds=20)
    load(engine, tmp_path, metrics(web, gauge("jobs", point(4, at=at, attributes={"queue": "mail"}))))
    (row,) = engine.query("SELECT series, sender FROM points")
    insert(engine, {"metric": "jobs", "series": row["series"], "sender": row["sender"], "why": "no rule"})
    (one,) = found(engine)
    assert (one.sender, one.labels, one.last) == ("shop/web", {"queue": "mail"}, at)
    assert [each.metric for each in found(engine, who="web-1")] == ["jobs"]
    assert found(engine, who="web-2") == []


def test_a_summary_counts_series_and_metrics_by_reason(some: EmbeddedEngine) -> None:
    insert(
        some,
        *({"metric": "go_threads", "series": number, "why": "no rule for this metric"} for number in (11, 12)),
        {"metric": "calls", "series": 13, "why": "derived from spans"},
    )
    counted = summary(some)
    assert counted.read == 3
    assert counted.unread == (("no rule for this metric", 3, 2), ("derived from spans", 1, 1))
    assert counted.not_read == 4
