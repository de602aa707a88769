"""Jaeger's query API, asked in the very requests that Grafana's data source, Kiali and Jaeger's UI send."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from meshui.access import tokens
from meshui.api.asked_jaeger import duration_ms
from meshui.running import Running
from tests.build import load, resource, span, traces

API = "/jaeger/api"
ENVELOPE = {"data", "total", "limit", "offset", "errors"}


def us(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def data(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == ENVELOPE
    assert body["errors"] is None
    assert body["total"] == len(body["data"])
    return body["data"]


def services_of(trace: dict[str, Any]) -> set[str]:
    return {trace["processes"][one["processID"]]["serviceName"] for one in trace["spans"]}


def test_services_are_our_ids(client: Client, traffic: Running) -> None:
    assert data(client.get(f"{API}/services")) == ["bank/pay", "shop/cart", "shop/web"]
    assert data(client.get("/jaeger/dotted/api/services")) == ["cart.shop", "pay.bank", "web.shop"]


@pytest.mark.parametrize("service", ["shop/web", "shop%2Fweb", "web.shop", "web"])
def test_grafana_asks_a_services_operations_by_path(client: Client, traffic: Running, service: str) -> None:
    assert data(client.get(f"{API}/services/{service}/operations")) == ["GET", "GET /"]


def test_operations_by_parameter_come_with_their_kind(client: Client, traffic: Running) -> None:
    both = data(client.get(f"{API}/operations", {"service": "shop/web"}))
    assert both == [{"name": "GET", "spanKind": "client"}, {"name": "GET /", "spanKind": "server"}]
    one = data(client.get(f"{API}/operations", {"service": "shop/web", "spanKind": "server"}))
    assert [each["name"] for each in one] == ["GET /"]


def test_grafana_searches_from_its_form(client: Client, traffic: Running, now: datetime) -> None:
    """service, operation, logfmt tags as JSON of text, durations as typed, limit, range in µs."""
    query = {
        "service": "shop/cart",
        "operation": "GET /cart",
        "tags": '{"error":"true","http.response.status_code":"503"}',
        "minDuration": "5ms",
        "maxDuration": "1.2s",
        "limit": 3,
        "start": us(now - timedelta(minutes=5)),
        "end": us(now),
    }
    found = data(client.get(f"{API}/traces", query))
    assert len(found) == 3
    for trace in found:
        assert services_of(trace) == {"shop/cart", "shop/web"}
        cart = next(one for one in trace["spans"] if one["operationName"] == "GET /cart")
        tags = {each["key"]: each for each in cart["tags"]}
        assert tags["error"] == {"key": "error", "type": "bool", "value": True}
        assert tags["http.response.status_code"] == {"key": "http.response.status_code", "type": "int64", "value": 503}
        assert cart["duration"] == 10_000


def test_old_grafana_says_no_time(client: Client, traffic: Running) -> None:
    assert len(data(client.get(f"{API}/traces", {"service": "shop/cart", "limit": 20}))) == 20


def test_kiali_asks_by_app_and_namespace_and_keeps_the_spans_of_that_name(
    client: Client, traffic: Running, now: datetime
) -> None:
    query = {
        "service": "cart.shop",
        "start": int((now - timedelta(minutes=5)).timestamp()) * 1_000_000,
        "end": (int(now.timestamp()) + 1) * 1_000_000,
        "tags": '{"error":"true"}',
        "minDuration": "1000us",
        "limit": 100,
    }
    headers = {"content-type": "application/json", "accept": "application/json"}
    found = data(client.get(f"{API}/traces", query, headers=headers))
    assert len(found) == 5
    assert all(services_of(trace) == {"cart.shop", "web.shop"} for trace in found)


def test_kiali_without_namespaces_asks_for_a_bare_name(client: Client, traffic: Running) -> None:
    found = data(client.get(f"{API}/traces", {"service": "cart"}))
    assert len(found) == 20
    assert services_of(found[0]) == {"cart", "web"}


def test_kialis_links_are_right_below_dotted(client: Client, traffic: Running) -> None:
    (found,) = data(client.get(f"/jaeger/dotted/api/traces/{1:032x}"))
    assert services_of(found) == {"cart.shop", "web.shop"}


@pytest.mark.parametrize(
    ("tags", "count"),
    [
        ({"tags": '{"error":"false"}'}, 15),
        ({"tags": '{"span.kind":"server"}'}, 20),
        ({"tags": '{"otel.status_code":"ERROR"}'}, 5),
        ({"tag": ["http.route:/cart", "http.request.method:GET"]}, 20),
        ({"tags": '{"http.route":"/other"}'}, 0),
        ({"tags": '{"http.response.status_code":503}'}, 5),
        ({"service": "nobody/here"}, 0),
        ({"service": "nobody"}, 0),
        ({"operation": "all"}, 20),
        ({"operation": "GET"}, 0),
        ({"minDuration": "11ms"}, 0),
        ({"lookback": "1h"}, 20),
        ({"lookback": "2d"}, 20),
        ({"limit": "1500"}, 20),
        ({"limit": "7"}, 7),
    ],
)
def test_each_condition_is_of_one_span(client: Client, traffic: Running, tags: dict[str, Any], count: int) -> None:
    assert len(data(client.get(f"{API}/traces", {"service": "shop/cart"} | tags))) == count


@pytest.mark.parametrize("asked", [f"{1:032x}", "1", f"{1:016x}", f"{1:032X}"])
def test_one_trace_by_id_also_without_leading_zeros(client: Client, traffic: Running, asked: str) -> None:
    (found,) = data(client.get(f"{API}/traces/{asked}", {"start": 1, "end": 2, "prettyPrint": "true"}))
    assert found["traceID"] == f"{1:032x}"
    assert [one["operationName"] for one in found["spans"]] == ["GET /", "GET", "GET /cart"]
    assert found["spans"][2]["references"] == [
        {"refType": "CHILD_OF", "traceID": f"{1:032x}", "spanID": f"{2:016x}"},
    ]


def test_several_traces_by_id(client: Client, traffic: Running) -> None:
    answer = client.get(f"{API}/traces", {"traceID": [f"{2:032x}", "1", "abc"]}).json()
    assert [found["traceID"] for found in answer["data"]] == [f"{2:032x}", f"{1:032x}"]
    assert answer["errors"] == [{"msg": "trace not found", "traceID": "abc".zfill(32)}]


def test_dependencies_are_calls(client: Client, traffic: Running, now: datetime) -> None:
    end = int((now + timedelta(minutes=1)).timestamp() * 1000)
    found = data(client.get(f"{API}/dependencies", {"endTs": end, "lookback": 3_600_000}))
    assert {"parent": "shop/web", "child": "shop/cart", "callCount": 20} in found
    mine = data(client.get(f"{API}/dependencies", {"endTs": end, "lookback": 3_600_000, "service": "shop/cart"}))
    assert mine == [{"parent": "shop/web", "child": "shop/cart", "callCount": 20}]
    assert data(client.get(f"{API}/dependencies", {"endTs": end - 3_600_000, "lookback": 60_000})) == []


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("traces", {}, 400, "service"),
        ("operations", {}, 400, "service"),
        ("operations", {"service": "x" * 1001}, 400, "service"),
        ("services/" + "x" * 1001 + "/operations", {}, 400, "service"),
        ("operations", {"service": "a", "spanKind": "x"}, 400, "spanKind"),
        ("traces", {"service": "a/b", "start": "soon"}, 400, "start"),
        ("traces", {"service": "a/b", "start": "5"}, 400, "start"),
        ("traces", {"service": "a/b", "end": "99999999999999999999"}, 400, "end"),
        ("traces", {"service": "a/b", "start": "1700000000000000", "end": "1700000000000000"}, 400, "start"),
        ("traces", {"service": "a/b", "limit": "-1"}, 400, "limit"),
        ("traces", {"service": "a/b", "minDuration": "5"}, 400, "minDuration"),
        ("traces", {"service": "a/b", "maxDuration": "5 years"}, 400, "maxDuration"),
        ("traces", {"service": "a/b", "lookback": "long"}, 400, "lookback"),
        ("traces", {"service": "a/b", "tags": "{"}, 400, "tags"),
        ("traces", {"service": "a/b", "tags": "[]"}, 400, "tags"),
        ("traces", {"service": "a/b", "tags": '{"a":{}}'}, 400, "tags"),
        ("traces", {"service": "a/b", "tag": "a"}, 400, "tag"),
        ("traces", {"service": "a/b", "tag": [f"a{n}:b" for n in range(21)]}, 400, "tags"),
        ("traces", {"service": "a/b", "operation": "x" * 1001}, 400, "operation"),
        ("traces", {"traceID": ["1"] * 51}, 400, "traceID"),
        ("traces", {"traceID": "xyz"}, 400, "traceID"),
        ("traces/xyz", {}, 400, "traceID"),
        ("dependencies", {"endTs": "soon"}, 400, "endTs"),
        ("dependencies", {"lookback": "1h"}, 400, "lookback"),
        ("traces/" + "a" * 32, {}, 404, "trace not found"),
    ],
)
def test_a_no_has_jaegers_form(
    client: Client, running: Running, path: str, query: dict[str, Any], status: int, field: str
) -> None:
    answer = client.get(f"{API}/{path}", query)
    body = answer.json()
    assert (answer.status_code, set(body), body["data"]) == (status, ENVELOPE, None)
    (error,) = body["errors"]
    assert error["code"] == status
    assert error["msg"].startswith(field)


def test_writes_are_refused(writer: Client, running: Running) -> None:
    answer = writer.post(f"{API}/traces", "{}", content_type="application/json")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_a_token_may_be_the_password_of_basic_authentication(db: None, running: Running, monkeypatch: Any) -> None:
    secret = tokens.create("grafana", "read", datetime.now(UTC))
    ingest = tokens.create("sender", "ingest", datetime.now(UTC))
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())

    def status(path: str, password: str) -> int:
        said = b64encode(f"grafana:{password}".encode()).decode()
        return Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Basic {said}").get(path).status_code

    assert status(f"{API}/services", secret) == 200
    assert status(f"{API}/services", "wrong") == 401
    assert status(f"{API}/services", ingest) == 403
    assert status("/api/v1/services", secret) == 401, "elsewhere only bearer tokens count"
    assert Client(HTTP_HOST="localhost").get(f"{API}/services").status_code == 401
    broken = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION="Basic ?").get(f"{API}/services")
    assert broken.status_code == 401


def test_names_with_odd_letters_stay_data(client: Client, running: Running, tmp_path: Path, now: datetime) -> None:
    """A quote, a slash and a brace in names and tags find what they name and nothing else."""
    odd = """GET '/{x:String}' OR 1=1 --"""
    sent = span(odd, trace=5, id=5, start=now, attributes={"o'k": odd})
    load(running.engine, tmp_path, traces(resource("we/b'", namespace="shop"), sent), received=now)
    (service,) = data(client.get(f"{API}/services"))
    assert service == "shop/we%2Fb'"
    assert data(client.get(f"{API}/services/{quote(service, safe='')}/operations")) == [odd]
    query = {"service": service, "operation": odd, "tag": f"o'k:{odd}", "end": us(now + timedelta(seconds=5))}
    assert len(data(client.get(f"{API}/traces", query))) == 1
    assert data(client.get(f"{API}/traces", query | {"operation": "' OR 1=1 --"})) == []


@pytest.mark.parametrize(
    ("text", "ms"),
    [("1.5s", 1500), ("500us", 0.5), ("500µs", 0.5), ("1h2m3s", 3_723_000), (".5ms", 0.5), ("250ns", 0.00025)],
)
def test_durations_are_gos(text: str, ms: float) -> None:
    assert duration_ms(text) == pytest.approx(ms)
