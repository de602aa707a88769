"""Settings without a script: how series are read, filtered by the address, a page at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from meshui.pages import settings
from meshui.running import Running
from telemetry.engine.embedded import EmbeddedEngine
from tests.build import load, resource, span, traces
from tests.meshui.held import held
from tests.telemetry.rollup.test_readings import REQUESTS, insert


@pytest.fixture
def running(engine: EmbeddedEngine, tmp_path: Path) -> Iterator[Running]:
    with held(engine, tmp_path) as here:
        yield here


def page(query: str = "", status: int = 200) -> str:
    request: HttpRequest = RequestFactory().get(f"/settings/{query}", HTTP_HOST="127.0.0.1:8000")
    request.user = AnonymousUser()
    response = settings.page(request)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_before_any_metric_it_says_so(running: Running) -> None:
    assert "No metric has been received yet." in page()


def test_it_says_how_many_are_read_and_why_others_are_not(running: Running, engine: EmbeddedEngine) -> None:
    gone = {"metric": "go_goroutines", "why": "no rule for <this> metric"}
    insert(engine, REQUESTS | {"source": "shop/web", "target": "shop/cart", "flags": "UH", "code": 503}, gone)
    text = page()
    assert "1 of 2 series are read as calls." in text
    assert "1 is not, and why:" in text
    assert "Not read: no rule for &lt;this&gt; metric" in text
    assert "requests, by the caller, 503" in text
    assert 'title="No healthy host was left in the cluster' in text
    assert "/graph/?edge=shop/web%E2%86%92shop/cart" in text


def test_the_address_filters(running: Running, engine: EmbeddedEngine) -> None:
    insert(engine, REQUESTS | {"source": "shop/web"}, {"metric": "go_goroutines", "why": "no rule"})
    assert 'data-read="yes"' not in page("?read=no")
    assert "istio_requests_total" not in page("?metric=goroutines")
    assert "No series fits." in page("?sender=nobody")
    assert 'href="/api/v1/readings?metric=istio&amp;read=yes"' in page("?metric=istio&read=yes")
    assert 'data-read="yes"' in page("?read=perhaps&cursor=nonsense"), "what cannot be read is left out"


def test_pages_follow_each_other(running: Running, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FEW", 2)
    insert(engine, *({"metric": f"m{number}", "why": "no rule"} for number in range(3)))
    first = page("?read=no")
    assert "m1" in first
    assert "m2" not in first
    link = first.partition('class="more"><a class="link" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert link.startswith("?read=no&cursor=")
    second = page(link.removesuffix("#readings"))
    assert "m2" in second
    assert "m1" not in second


def test_hints_stand_on_the_page_with_the_lines_to_add(
    running: Running, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    assert "What your Envoys could add" not in page()
    now = datetime.now(UTC)
    sent = span("ingress", start=now, attributes={"component": "proxy", "upstream_cluster": "local_app"})
    load(engine, tmp_path, traces(resource("cart", scope="envoy"), sent), received=now)
    text = page()
    assert "-/cart does not say its namespace, version or instance." in text
    assert 'data-copy="#hint-mtls"' in text
    assert "DOWNSTREAM_TLS_VERSION" in text


def test_an_engine_that_cannot_answer_is_said_in_place_of_the_list(running: Running, engine: EmbeddedEngine) -> None:
    engine.close()
    assert "The engine could not answer" in page(status=503)
