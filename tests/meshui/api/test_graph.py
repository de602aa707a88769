"""`GET /graph` and `/services`: windows, instants, filters, and what a bad question is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from meshui.running import Running
from tests.meshui.api.conftest import CALLS, FAILING
from tests.meshui.held import FIRST_SEQ

SIGNALS = {
    "rps", "error_ratio", "client_error_ratio", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "saturation", "mtls_ratio",
    "denied_ratio", "retry_ratio", "bytes_in_per_s", "bytes_out_per_s", "connections_per_s",
}  # fmt: skip


def ids(body: dict[str, Any]) -> tuple[set[str], set[str]]:
    return {node["id"] for node in body["nodes"]}, {edge["id"] for edge in body["edges"]}


def test_the_live_graph(client: Client, traffic: Running) -> None:
    body = client.get("/api/v1/graph").json()
    assert body["seq"] == FIRST_SEQ
    assert 60 <= body["window_s"] < 70
    assert ids(body) == (
        {"-/unknown", "shop/web", "shop/cart", "bank/pay"},
        {"-/unknown→shop/web", "shop/web→shop/cart", "-/unknown→bank/pay"},
    )
    edge = next(edge for edge in body["edges"] if edge["id"] == "shop/web→shop/cart")
    assert edge["codes"] == {"200": CALLS - FAILING, "503": FAILING}
    assert edge["signals"]["rps"] == CALLS / body["window_s"]
    assert edge["signals"]["error_ratio"] == FAILING / CALLS
    assert edge["evidence"] == ["spans"]
    cart = next(node for node in body["nodes"] if node["id"] == "shop/cart")
    assert (cart["health"], cart["kind"], cart["versions"]) == ("failing", "service", ["v2"])
    assert cart["signals"].keys() == SIGNALS
    assert cart["reasons"][0]["signal"] == "error_ratio"


def test_before_the_first_tick_the_graph_comes_from_the_engine(client: Client, running: Running) -> None:
    body = client.get("/api/v1/graph").json()
    assert (body["nodes"], body["edges"], body["seq"]) == ([], [], None)


@pytest.mark.parametrize("form", ["rfc3339", "offset", "unix", "now"])
def test_an_instant_may_be_written_in_four_ways(client: Client, traffic: Running, now: datetime, form: str) -> None:
    at = now + timedelta(seconds=2)
    text = {
        "rfc3339": at.isoformat().replace("+00:00", "Z"),
        "offset": (at + timedelta(hours=5, minutes=30)).replace(tzinfo=None).isoformat() + "+05:30",
        "unix": str(at.timestamp()),
        "now": "now",
    }[form]
    body = client.get("/api/v1/graph", {"at": text, "window": "60s"}).json()
    assert body["seq"] is None
    assert "shop/web→shop/cart" in ids(body)[1]


def test_the_past_is_as_it_was(client: Client, traffic: Running) -> None:
    body = client.get("/api/v1/graph", {"at": "now-5m"}).json()
    assert (body["nodes"], body["edges"]) == ([], [])


def test_a_window_that_ticks_do_not_keep_comes_from_the_engine(client: Client, traffic: Running) -> None:
    body = client.get("/api/v1/graph", {"window": "5m"}).json()
    assert body["seq"] is None
    assert 300 <= body["window_s"] < 310
    assert "shop/web→shop/cart" in ids(body)[1]


def test_one_namespace(client: Client, traffic: Running) -> None:
    assert ids(client.get("/api/v1/graph", {"namespace": "shop"}).json()) == (
        {"shop/web", "shop/cart"},
        {"shop/web→shop/cart"},
    )


def test_around_one_node(client: Client, traffic: Running) -> None:
    near = client.get("/api/v1/graph", {"focus": "shop/cart"}).json()
    assert ids(near) == ({"shop/web", "shop/cart"}, {"shop/web→shop/cart"})
    farther = client.get("/api/v1/graph", {"focus": "shop/cart", "hops": "3"}).json()
    assert ids(farther)[0] == {"-/unknown", "shop/web", "shop/cart", "bank/pay"}


def test_services_worst_first(client: Client, traffic: Running) -> None:
    body = client.get("/api/v1/services").json()
    assert body["next"] is None
    assert [node["id"] for node in body["items"]][:2] == ["shop/cart", "shop/web"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("window", "soon", id="no duration"),
        pytest.param("window", "5s", id="shorter than a bucket"),
        pytest.param("window", "31d", id="longer than anything is kept"),
        pytest.param("at", "yesterday", id="no time"),
        pytest.param("at", "2026-11-24T10:00:00", id="a time without a zone"),
        pytest.param("at", "-1", id="before there was time"),
        pytest.param("at", "inf", id="no end"),
        pytest.param("at", "nan", id="no number"),
        pytest.param("at", "now-", id="now less nothing"),
        pytest.param("at", "now-999999999d", id="before the calendar"),
        pytest.param("at", "0001-01-01T00:00:00+14:00", id="an offset beyond the calendar"),
        pytest.param("hops", "0", id="no hop"),
        pytest.param("hops", "²", id="a digit that is no number"),
        pytest.param("focus", "shop/nobody", id="an unknown node"),
        pytest.param("group_by", "planet", id="an unknown grouping"),
    ],
)
def test_a_bad_question_is_told_which_field(client: Client, running: Running, field: str, value: str) -> None:
    answer = client.get("/api/v1/graph", {field: value})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == 400
    assert [error["field"] for error in body["errors"]] == [field]
    assert body["title"]
    assert body["detail"]


def test_services_read_a_question_as_the_graph_does(client: Client, running: Running) -> None:
    answer = client.get("/api/v1/services", {"window": "soon"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "window"
