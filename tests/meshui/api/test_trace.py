"""One trace's critical path, and two compared, asked over HTTP."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from meshui.running import Running
from tests.build import load, resource, span, traces

GOOD, BAD = f"{17:032x}", f"{2:032x}"


def test_the_critical_path_adds_up(client: Client, traffic: Running) -> None:
    body = client.get(f"/api/v1/traces/{GOOD}/critical-path").json()
    whole = client.get(f"/api/v1/traces/{GOOD}").json()
    assert (body["trace_id"], body["duration_ms"]) == (GOOD, whole["duration_ms"])
    assert sum(item["to_offset_us"] - item["from_offset_us"] for item in body["items"]) == whole["duration_ms"] * 1000
    critical = {span["span_id"] for span in whole["spans"] if span["critical"]}
    assert {item["span_id"] for item in body["items"]} == critical
    assert {item["service"] for item in body["items"]} == {"shop/cart"}


def test_a_failed_trace_says_where(client: Client, traffic: Running) -> None:
    body = client.get(f"/api/v1/traces/{BAD}").json()
    assert body["origin"] == {
        "span": f"{3:016x}",
        "service": "shop/cart",
        "text": "shop/cart v2 answered 503 to GET /cart",
    }
    assert body["slowest"]["text"] == "10 ms of 10 ms were spent in shop/cart itself"
    assert client.get(f"/api/v1/traces/{GOOD}").json()["origin"] is None


def test_two_traces_are_compared(client: Client, traffic: Running) -> None:
    body = client.get(f"/api/v1/traces/compare?a={BAD}&b={GOOD[16:]}").json()
    assert (body["a"]["trace_id"], body["b"]["trace_id"], body["typical"]) == (BAD, GOOD, False)
    assert [(row["service"], row["in"]) for row in body["rows"]] == [
        ("shop/web", "both"),
        ("shop/web", "both"),
        ("shop/cart", "both"),
    ]
    assert [(one["kind"], one["row"]) for one in body["differences"]] == [("failed", 2)]


def test_a_trace_is_compared_with_what_is_usual(client: Client, traffic: Running) -> None:
    body = client.get(f"/api/v1/traces/compare?a={BAD}&b=typical").json()
    assert (body["typical"], body["b"]["of"], body["b"]["status"]) == (True, 15, "ok")
    assert {row["b"]["share"] for row in body["rows"]} == {1.0}
    assert [one["kind"] for one in body["differences"]] == ["failed"]


def test_nothing_is_usual(client: Client, running: Running, tmp_path: Path, now: datetime) -> None:
    load(running.engine, tmp_path, traces(resource("pay"), span("GET /pay", trace=17, start=now)), received=now)
    answer = client.get(f"/api/v1/traces/compare?a={GOOD}&b=typical")
    assert (answer.status_code, answer.json()["title"]) == (404, "Nothing to compare with")
    assert "GET /pay at -/pay" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        pytest.param(f"a={GOOD}", 400, "b: expected the id of a trace, or typical", id="no b"),
        pytest.param(f"b={GOOD}", 400, "a: expected the id of a trace", id="no a"),
        pytest.param(f"a={GOOD}&b=x", 400, "b: 'x' is no trace id: expected 32 hexadecimal digits", id="no id"),
        pytest.param("a=typical&b=typical", 400, "a: 'typical' is no trace id", id="a is one trace"),
        pytest.param(f"a={GOOD}&b={'f' * 32}", 404, "No span of trace b is stored", id="b unknown"),
        pytest.param(f"a={'f' * 32}&b=typical", 404, "No span of trace a is stored", id="a unknown"),
    ],
)
def test_what_cannot_be_compared(client: Client, traffic: Running, query: str, status: int, said: str) -> None:
    answer = client.get(f"/api/v1/traces/compare?{query}")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_the_path_of_a_trace_that_is_none(client: Client, running: Running) -> None:
    assert client.get(f"/api/v1/traces/{'f' * 32}/critical-path").status_code == 404
    assert client.get("/api/v1/traces/x/critical-path").status_code == 400


def test_skew_is_corrected_and_shown_as_such(client: Client, running: Running, tmp_path: Path, now: datetime) -> None:
    web, cart = resource("web", namespace="shop"), resource("cart", namespace="shop")
    load(running.engine, tmp_path, traces(web, span(trace=17, kind="client", start=now, ms=100)), received=now)
    late = now + timedelta(seconds=5)
    load(running.engine, tmp_path, traces(cart, span(trace=17, id=2, parent=1, start=late, ms=40)), received=now)
    body = client.get(f"/api/v1/traces/{GOOD}").json()
    assert body["duration_ms"] == 100
    assert [(span["start_offset_us"], span["skew_us"]) for span in body["spans"]] == [(0, 0), (30_000, -4_970_000)]
    assert [(one["kind"], one["text"]) for one in body["warnings"]] == [
        ("clock_skew", "The clock of shop/cart was moved by −4.97 s to fit its callers.")
    ]
