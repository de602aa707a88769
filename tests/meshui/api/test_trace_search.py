"""Search by the API: the shape of the interface, pages, every parameter, and mistakes that say where they are."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from meshui.running import Running
from tests.build import load, resource, span, traces
from tests.meshui.api.conftest import CALLS, FAILING
from tests.meshui.api.test_calls import check

URL = "/api/v1/traces"
SHAPE: dict[str, Any] = {
    "items": [{
        "trace_id": str, "root_service": str, "root_operation": str, "start": str, "duration_ms": float, "spans": int,
        "errors": int, "services": [{"id": str, "spans": int, "errors": int}], "matched_span_ids": [str],
        "complete": bool,
    }],
    "next": (str, type(None)),
    "aggregates": {"count": int, "error_ratio": float, "duration_ms": {"p50": float, "p95": float, "p99": float}},
}  # fmt: skip


def test_a_page_has_the_shape_of_the_interface(client: Client, traffic: Running) -> None:
    body = client.get(URL, {"service": "shop/cart", "limit": "5"}).json()
    check(body, SHAPE)
    assert len(body["items"]) == 5
    assert body["aggregates"]["count"] == CALLS
    assert body["aggregates"]["error_ratio"] == FAILING / CALLS
    whole = client.get(URL, {"service": "shop/cart"}).json()["items"]
    assert {len(item["matched_span_ids"]) for item in whole} == {1}
    counts = [sorted((part["id"], part["spans"], part["errors"]) for part in item["services"]) for item in whole]
    failed, fine = [("shop/cart", 1, 1), ("shop/web", 2, 2)], [("shop/cart", 1, 0), ("shop/web", 2, 0)]
    assert (counts.count(failed), counts.count(fine)) == (FAILING, CALLS - FAILING)
    assert [item["errors"] for item in whole] == [sum(errors for _, _, errors in of) for of in counts]


@pytest.mark.parametrize("order", ["newest", "slowest", "errors"])
def test_pages_make_the_whole(client: Client, traffic: Running, tmp_path: Path, now: datetime, order: str) -> None:
    """Whatever comes between two pages is in neither."""
    asked = {"service": "cart", "order": order, "limit": "6"}
    seen: list[str] = []
    after: dict[str, str] = {}
    for number in range(10):
        body = client.get(URL, asked | after).json()
        seen += [item["trace_id"] for item in body["items"]]
        if body["next"] is None:
            break
        after = {"cursor": body["next"]}
        # Longer, with a failure, and with a newer match than any: it would be first in every order.
        start = now - timedelta(seconds=4 - number / 3)
        late = span("late", trace=6 + number, id=40 + number, parent=1, start=start, ms=9000, status="error")
        new = span("new", trace=500 + number, id=1, start=now - timedelta(seconds=5))
        sender = resource("cart", namespace="shop")
        load(traffic.engine, tmp_path, traces(sender, late, new), received=now, spool=7 + number % 2)
    assert len(seen) == len(set(seen)) == CALLS


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, CALLS + 1),
        ({"service": "bank/pay"}, 1),
        ({"service": "pay"}, 1),
        ({"service": "shop/pay"}, 0),
        ({"operation": "GET /cart", "service": "cart"}, CALLS),
        ({"edge": "shop/web→shop/cart", "status": "error"}, FAILING),
        ({"status": "ok", "service": "cart"}, CALLS - FAILING),
        ({"min_duration": "1s"}, 0),
        ({"min_duration": "10ms", "max_duration": "10ms"}, CALLS + 1),
        ({"min_span_duration": "11ms"}, 0),
        ({"tag": "http.response.status_code=503"}, FAILING),
        ({"tag": ["http.route=/cart", "http.response.status_code=200"]}, CALLS - FAILING),
        ({"tag": "http.route="}, 0),
        ({"flag": "UH"}, 0),
        ({"q": "service = cart and not status = error"}, CALLS - FAILING),
        ({"q": "version = v2", "status": "error"}, FAILING),
        ({"from": "now-2h", "to": "now-1h"}, 0),
        ({"from": "now-2h", "to": "now-1s"}, CALLS + 1),
    ],
)
def test_each_parameter_narrows(client: Client, traffic: Running, query: dict[str, Any], count: int) -> None:
    body = client.get(URL, query).json()
    assert body["aggregates"]["count"] == len(body["items"]) == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "soon"}, "from"),
        ({"from": "now", "to": "now-1h"}, "from"),
        ({"order": "best"}, "order"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"status": "bad"}, "status"),
        ({"edge": "web"}, "edge"),
        ({"min_duration": "fast"}, "min_duration"),
        ({"max_span_duration": "5"}, "max_span_duration"),
        ({"tag": "nothing"}, "tag"),
        ({"tag": ["a=b"] * 21}, "tag"),
        ({"operation": "x" * 1001}, "operation"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"q": "service = "}, "q"),
        ({"q": "x" * 4001}, "q"),
    ],
)
def test_a_mistake_is_named(client: Client, running: Running, query: dict[str, Any], field: str) -> None:
    answer = client.get(URL, query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("q", "position", "expected"),
    [
        ("service = cart and", 18, "a field"),
        ("service = cart or status = bad", 27, "error or ok"),
        ("duration > 300", 11, "a duration with its unit"),
        ("http.route ~ (", 13, "a value"),
        ('http.route ~ "("', 13, "a regular expression"),
        ("service < cart", 0, "one of"),
    ],
)
def test_a_mistake_in_an_expression_says_where(
    client: Client, running: Running, q: str, position: int, expected: str
) -> None:
    body = client.get(URL, {"q": q}).json()
    assert body["position"] == position
    assert body["expected"].startswith(expected)
    assert f"position {position + 1}: expected {expected}" in body["detail"]


def test_a_cursor_belongs_to_its_question(client: Client, traffic: Running) -> None:
    after = client.get(URL, {"service": "cart", "limit": "1"}).json()["next"]
    answer = client.get(URL, {"service": "web", "limit": "1", "cursor": after})
    assert answer.status_code == 400
    assert "another question" in answer.json()["detail"]


def test_a_heatmap_counts_what_search_finds(client: Client, traffic: Running) -> None:
    body = client.get(f"{URL}/heatmap", {"service": "cart"}).json()
    ((column, row, count, failed),) = body["cells"]
    assert (row, count, failed) == (0, CALLS, FAILING)
    assert body["step_s"] == 60
    assert column in range(body["columns"])
    (bounds,) = body["rows"]
    assert bounds["above_ms"] < 10 <= bounds["to_ms"]
    assert client.get(f"{URL}/heatmap", {"service": "nobody"}).json()["cells"] == []
    assert client.get(f"{URL}/heatmap", {"q": "service ="}).status_code == 400


def test_what_is_different_about_the_failing(client: Client, traffic: Running) -> None:
    body = client.get(f"{URL}/contrast", {"status": "error", "against": "service = cart"}).json()
    assert body["selected"] == {"traces": FAILING, "looked_at": FAILING}
    assert body["rest"] == {"traces": CALLS - FAILING, "looked_at": CALLS - FAILING}
    best = body["items"][0]
    assert (best["scope"], best["field"]) == ("attribute", "http.response.status_code")
    assert best["values"][0]["value"] == "503"
    assert (best["values"][0]["selected"], best["values"][0]["rest"]) == (FAILING, 0)
    assert 0 < best["values"][0]["at_least"] < 1
    assert best["at_least"] > body["items"][-1]["at_least"] == 0
    answer = client.get(f"{URL}/contrast", {"status": "error", "against": "service ="})
    assert [error["field"] for error in answer.json()["errors"]] == ["against"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"prefix": "serv"}, ["service", "service.name", "service.version"]),
        ({"prefix": "route"}, ["http.route"]),
        ({"prefix": "nothing such"}, []),
        ({"prefix": "", "limit": "2"}, ["service", "operation"]),
    ],
)
def test_fields_that_are_stored(client: Client, traffic: Running, query: dict[str, str], first: list[str]) -> None:
    body = client.get(f"{URL}/fields", query).json()
    assert [item["name"] for item in body["items"]] == first


@pytest.mark.parametrize(
    ("field", "prefix", "found"),
    [
        ("service", "ca", ["shop/cart"]),
        ("service", "nk", ["bank/pay"]),
        ("operation", "get /c", ["GET /cart"]),
        ("version", "", ["v2"]),
        ("status", "e", ["error"]),
        ("kind", "serv", ["server"]),
        ("edge", "web->sh", ["shop/web→shop/cart"]),
        ("http.response.status_code", "", ["200", "503"]),
        ("service.version", "", ["v2"]),
        ('"version"', "", []),
        ("duration", "", []),
    ],
)
def test_values_that_are_stored(client: Client, traffic: Running, field: str, prefix: str, found: list[str]) -> None:
    assert client.get(f"{URL}/values", {"field": field, "prefix": prefix}).json()["items"] == found


@pytest.mark.parametrize(
    ("q", "since", "names"),
    [
        ("serv", 0, ["service", "service.name", "service.version"]),
        ("service = cart an", 15, ["and"]),
        ("http.route = /c", 13, ["/cart"]),
        ("status = error and version=", 27, ["v2"]),
        ("a = b )", 7, []),
    ],
)
def test_what_may_come_next(client: Client, traffic: Running, q: str, since: int, names: list[str]) -> None:
    body = client.get(f"{URL}/complete", {"q": q + " and so on", "at": str(len(q))}).json()
    assert body["since"] == since
    assert [item["name"] for item in body["items"]] == names


@pytest.mark.parametrize(
    ("call", "query", "field"),
    [
        ("values", {}, "field"),
        ("values", {"field": "x" * 201}, "field"),
        ("fields", {"prefix": "x" * 201}, "prefix"),
        ("fields", {"limit": "1001"}, "limit"),
        ("complete", {"at": "4001"}, "at"),
    ],
)
def test_mistakes_of_completion(client: Client, running: Running, call: str, query: dict[str, str], field: str) -> None:
    answer = client.get(f"{URL}/{call}", query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
