"""A node's and a call's signals over time: columns, nulls where nothing came, bounds, and the field a mistake is in."""

from datetime import datetime
from itertools import pairwise

import pytest
from django.test import Client

from meshui.running import Running
from tests.meshui.api.conftest import CALLS, FAILING

CART = "/api/v1/services/shop/cart/signals"
CALL = "/api/v1/edges/signals"


def test_a_nodes_series_has_a_value_where_requests_came_and_null_elsewhere(client: Client, traffic: Running) -> None:
    body = client.get(CART, {"from": "now-5m", "step": "10s"}).json()
    assert body["id"] == "shop/cart"
    assert body["step_s"] == 10
    assert len(body["t"]) == len(body["signals"]["rps"]) in (30, 31)
    came = [rps for rps in body["signals"]["rps"] if rps is not None]
    assert came == [CALLS / 10]
    assert [ratio for ratio in body["signals"]["error_ratio"] if ratio is not None] == [FAILING / CALLS]
    times = [datetime.fromisoformat(at) for at in body["t"]]
    assert {(b - a).total_seconds() for a, b in pairwise(times)} == {10.0}


def test_a_slash_of_a_name_is_percent_encoded_in_the_path(client: Client, running: Running) -> None:
    body = client.get("/api/v1/services/-/kafka%2Forders/signals", {"from": "now-1m"}).json()
    assert body["id"] == "-/kafka%2Forders"


def test_a_calls_series_is_asked_by_its_ends(client: Client, traffic: Running) -> None:
    ends = {"source": "shop/web", "target": "shop/cart"}
    body = client.get(CALL, ends | {"from": "now-1m", "signals": "rps,p95_ms"}).json()
    assert body["id"] == "shop/web→shop/cart"
    assert list(body["signals"]) == ["rps", "p95_ms"]
    assert CALLS / 10 in body["signals"]["rps"]
    assert body["thresholds"] == []


def test_a_step_is_rounded_up_to_whole_buckets(client: Client, traffic: Running) -> None:
    assert client.get(CART, {"from": "now-5m", "step": "15s"}).json()["step_s"] == 20
    assert client.get(CART, {"from": "now-5m", "step": "1s"}).json()["step_s"] == 10


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        pytest.param(CART, {"from": "soon"}, "from", id="no time"),
        pytest.param(CART, {"from": "now", "to": "now-1h"}, "from", id="backwards"),
        pytest.param(CART, {"step": "fast"}, "step", id="no duration"),
        pytest.param(CART, {"signals": "rps,qps"}, "signals", id="a signal that is none"),
        pytest.param(CART, {"from": "now-30d"}, "step", id="more steps than are answered"),
        pytest.param(CALL, {"source": "shop/web"}, "target", id="half an edge"),
        pytest.param(CALL, {"source": "web", "target": "shop/cart"}, "source", id="no node id"),
    ],
)
def test_a_mistake_is_named(client: Client, running: Running, path: str, query: dict[str, str], field: str) -> None:
    answer = client.get(path, query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
