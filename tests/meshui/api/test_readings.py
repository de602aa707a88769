"""Readings and flags over HTTP: the shape, paging by cursor, and the field a mistake is in."""

from typing import Any

import pytest
from django.test import Client

from meshui.running import Running
from tests.telemetry.rollup.test_readings import REQUESTS, insert

PATH = "/api/v1/readings"


@pytest.fixture
def some(running: Running) -> Running:
    insert(
        running.engine,  # type: ignore[arg-type]
        REQUESTS | {"source": "shop/web", "target": "shop/cart", "code": 503, "flags": "UH", "tls": "mutual"},
        REQUESTS | {"source": "shop/cart", "peer": "redis", "grpc": 14},
        {"metric": "go_goroutines", "type": "gauge", "why": "no rule for this metric"},
    )
    return running


def test_a_reading_has_every_field_and_null_where_nothing_is_said(client: Client, some: Running) -> None:
    body = client.get(PATH, {"read": "yes", "sender": "shop/web"}).json()
    assert body == {
        "items": [
            {
                "metric": "istio_requests_total", "type": "sum", "sender": None, "instance": None, "labels": {},
                "last_point": None, "read": True, "why": None, "dialect": "istio", "measure": "requests",
                "side": "client", "source": "shop/web", "target": "shop/cart", "peer": None, "cluster": None,
                "protocol": None, "operation": None, "code": "503", "flags": ["UH"], "tls": "mutual",
                "versions": {"source": None, "target": None}, "identities": {"source": None, "target": None},
                "buckets": 0,
            }
        ],
        "next": None,
    }  # fmt: skip


def test_what_was_not_read_says_why(client: Client, some: Running) -> None:
    (item,) = client.get(PATH, {"read": "no"}).json()["items"]
    assert (item["metric"], item["read"], item["why"]) == ("go_goroutines", False, "no rule for this metric")


def test_the_cursor_leads_through_all(client: Client, some: Running) -> None:
    seen: list[Any] = []
    question = {"limit": "1"}
    while True:
        body = client.get(PATH, question).json()
        seen += [(item["metric"], item["source"]) for item in body["items"]]
        if body["next"] is None:
            break
        question["cursor"] = body["next"]
    assert sorted(seen, key=str) == [
        ("go_goroutines", None),
        ("istio_requests_total", "shop/cart"),
        ("istio_requests_total", "shop/web"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("read", "maybe"),
        ("limit", "0"),
        ("limit", "1001"),
        ("cursor", "x"),
        ("cursor", "-1.a"),
        ("cursor", f"{1 << 64}.a"),
    ],
)
def test_a_mistake_names_its_field(client: Client, running: Running, field: str, value: str) -> None:
    answer = client.get(PATH, {field: value})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_flags_in_words(client: Client, running: Running) -> None:
    body = client.get("/api/v1/flags").json()
    notes = {item["flag"]: item for item in body["items"]}
    assert notes["UF"]["what"] == "The connection to the called service could not be made."
    assert body["next"] is None


def test_only_who_may_read_is_answered(running: Running, db: None) -> None:
    for path in (PATH, "/api/v1/flags"):
        assert Client(HTTP_HOST="localhost").get(path).status_code == 401
