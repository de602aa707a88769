"""Now without a script: words, rows, receivers; and the empty page until something is there."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from meshui import running
from meshui.pages import now
from telemetry.graph.snapshot import Graph
from tests.graphs import edge, judged, node

Get = Callable[..., str]

NOTHING: dict[str, Any] = {
    "uptime_s": 240,
    "receivers": [
        {"protocol": "otlp_grpc", "address": "127.0.0.1:14317", "accepting": True, "last_seen": None},
        {"protocol": "otlp_http", "address": "127.0.0.1:14318", "accepting": True, "last_seen": None},
    ],
    "ingest": {"spans_per_s": 0.0, "points_per_s": 0.0, "accepted_total": 0, "rejected_recently": []},
    "lag": {"ack_to_queryable_p95_ms": None},
    "spool": {"bytes": 0, "quarantined": 0},
    "engine": {"kind": "embedded", "bytes": 0, "spans": 0, "oldest": None},
    "scenario": None,
    "scenario_text": None,
    "warnings": [],
}
SOME = NOTHING | {"engine": {"kind": "embedded", "bytes": 4096, "spans": 9, "oldest": "2026-03-02T03:14:05.000Z"}}
FAILING = judged(
    node("edge/ingress", 1000, 250, kind="gateway"),
    node("shop/cart", 800, 248),
    node("shop/web", 1000, 20),
    node("shop/mail"),
    edge("edge/ingress→shop/web", 1000, 20),
    edge("shop/web→shop/cart", 800, 248),
)


@pytest.fixture
def get(monkeypatch: pytest.MonkeyPatch) -> Get:
    """The page over a graph and a state of the receivers."""

    def ask(graph: Graph | None, status: dict[str, Any], query: str = "", cookie: str = "") -> str:
        fanout = SimpleNamespace(graph=lambda window: graph if window == "60s" else None)
        monkeypatch.setattr(running, "_running", SimpleNamespace(fanout=fanout))
        monkeypatch.setattr(now, "status", lambda _: status)
        request: HttpRequest = RequestFactory().get(f"/{query}", HTTP_COOKIE=cookie, HTTP_HOST="127.0.0.1:8000")
        request.user = AnonymousUser()
        response = now.page(request)
        assert response.status_code == 200
        return response.content.decode()

    return ask


def rows(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<tr data-node="([^"]+)" data-health="([^"]+)"', html)


def test_it_says_first_what_fails(get: Get) -> None:
    html = get(FAILING, SOME)
    assert "<title>shop/cart fails for 31 % of requests · MeshUI</title>" in html
    assert "shop/cart fails for <em>31\N{NO-BREAK SPACE}% of requests</em>." in html
    assert html.count("<h1") == 1


def test_services_are_listed_worst_first_without_a_script(get: Get) -> None:
    assert rows(get(FAILING, SOME)) == [
        ("shop/cart", "failing"),
        ("edge/ingress", "failing"),
        ("shop/web", "degraded"),
        ("shop/mail", "idle"),
    ]


def test_the_first_few_of_many_then_all_by_a_link(get: Get) -> None:
    many = judged(*(node(f"shop/s{number:02}", 10) for number in range(20)))
    assert len(rows(get(many, SOME))) == now.FEW
    assert "All 20 services" in get(many, SOME)
    assert len(rows(get(many, SOME, "?services=all"))) == 20


def test_nothing_wrong_is_a_quiet_line(get: Get) -> None:
    html = get(judged(node("shop/cart", 100), node("shop/web", 100), node("shop/pay", 9)), SOME)
    assert "<h1>All 3 services are healthy.</h1>" in html
    assert 'data-part="start" hidden' in html


def test_refusals_and_warnings_are_shown_with_their_reason(get: Get) -> None:
    refused = {
        "at": "2026-03-02T03:14:05.000Z",
        "sender": "10.0.0.7",
        "status": 200,
        "reason": "no trace id",
        "count": 214,
    }
    warning = {"kind": "quarantined", "text": "A message was set aside.", "since": "2026-03-02T03:14:05.000Z"}
    status = SOME | {"ingest": SOME["ingest"] | {"rejected_recently": [refused]}, "warnings": [warning]}
    html = get(FAILING, status)
    assert "Refused 214" in html
    assert "from 10.0.0.7: no trace id" in html
    assert "A message was set aside." in html


def test_the_demo_says_which_scenario_runs(get: Get) -> None:
    assert "Demo mesh" not in get(FAILING, SOME)
    html = get(FAILING, SOME | {"scenario": "bad-deploy", "scenario_text": "cart v2 answers 503"})
    assert "bad-deploy" in html
    assert "cart v2 answers 503" in html


def test_live_parts_are_the_words_only(get: Get) -> None:
    html = get(FAILING, SOME, "?part=live")
    assert re.findall(r'data-part="(\w+)"', html) == ["verdict", "start", "counts", "receivers"]
    assert "<html" not in html
    assert rows(html) == []


@pytest.mark.parametrize("graph", [None, judged()], ids=["before the first tick", "a graph without a node"])
def test_nothing_received_shows_where_to_send(get: Get, graph: Graph | None) -> None:
    html = get(graph, NOTHING)
    assert "Nothing has been received yet." in html
    assert "127.0.0.1:14317" in html
    assert "endpoint: 127.0.0.1:14317" in re.sub(r"<[^>]+>", "", html)
    assert re.findall(r'data-part="(\w+)"', get(graph, NOTHING, "?part=live")) == ["waiting", "faq"]


def test_stored_spans_of_an_idle_mesh_are_not_nothing(get: Get) -> None:
    assert "No service has been seen in the last hour." in get(judged(), SOME)


def test_what_was_refused_is_told_while_one_waits(get: Get) -> None:
    refused = {"at": "2026-03-02T03:14:05.000Z", "sender": "10.0.0.7", "status": 400, "reason": "bad bytes", "count": 1}
    html = get(None, NOTHING | {"ingest": NOTHING["ingest"] | {"rejected_recently": [refused]}})
    assert "bad bytes" in html


@pytest.mark.parametrize(
    ("cookie", "theme"), [("meshui_theme=dark", ' data-theme="dark"'), ("meshui_theme=x", ""), ("", "")]
)
def test_the_theme_is_rendered_by_the_server(get: Get, cookie: str, theme: str) -> None:
    assert f'<html lang="en"{theme} data-icons=' in get(FAILING, SOME, cookie=cookie)


def test_no_page_has_inline_style_or_script(get: Get) -> None:
    for html in (get(FAILING, SOME), get(None, NOTHING)):
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_a_name_that_is_markup_stays_text(get: Get) -> None:
    html = get(judged(node("shop/<script>alert(1)<%2Fscript>", 100, 90)), SOME)
    assert "<script>alert" not in html
