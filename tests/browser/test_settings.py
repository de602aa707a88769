"""A walk through settings: which metrics are read, why one is not, and what an Envoy could add."""

import re
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from meshui.bench.server import Server, server
from tests import build
from tests.browser.chromium import DESKTOP, PHONE, THEMES, Watched
from tests.browser.conftest import address
from tests.waiting import until


def post(mesh: Server, path: str, message: build.Message) -> None:
    body, kind = message.SerializeToString(), {"Content-Type": "application/x-protobuf"}
    request = urllib.request.Request(f"http://127.0.0.1:{mesh.otlp_http}{path}", body, kind)
    urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="module")
def mesh() -> Iterator[Server]:
    """An Istio sidecar's requests, a gauge that nobody reads, and a span of an Envoy that says little of itself."""
    with server() as running:
        now = datetime.now(UTC)
        labels: dict[str, Any] = {
            "reporter": "source", "source_workload": "web", "source_workload_namespace": "shop",
            "source_canonical_service": "web", "destination_service_name": "cart", "request_protocol": "http",
            "destination_service_namespace": "shop", "destination_canonical_service": "cart", "response_code": "503",
            "destination_workload": "cart", "destination_workload_namespace": "shop", "response_flags": "UH",
        }  # fmt: skip
        proxy = build.resource("envoy-stats", namespace="shop", instance="web-1")
        requests = build.counter("istio_requests_total", build.point(7, at=now, attributes=labels))
        post(running, "/v1/metrics", build.metrics(proxy, requests, build.gauge("queue_depth", build.point(3, at=now))))
        span = build.span("ingress", start=now, attributes={"component": "proxy", "upstream_cluster": "local_app"})
        post(running, "/v1/traces", build.traces(build.resource("stock", scope="envoy"), span))
        until(lambda: len(running.get("/api/v1/readings")["items"]) == 2, "two series that were looked at")
        yield running


def test_a_series_is_found_and_says_how_it_was_read(browser: Browser, mesh: Server) -> None:
    watched = Watched(browser, DESKTOP, "light", address(mesh))
    page = watched.page
    page.goto("/graph/")
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("1 of 2 series are read as calls.")).to_be_visible()
    page.get_by_placeholder("Metric").fill("istio")
    page.get_by_role("button", name="Find").click()
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("shop/web")
    expect(row).to_contain_text("shop/cart")
    expect(row.locator(".tag")).to_have_attribute("title", re.compile("^No healthy host was left in the cluster"))
    row.get_by_text("12 labels").click()
    expect(row.get_by_text("reporter", exact=True)).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    page.get_by_label("Read or not").select_option("no")
    page.get_by_role("button", name="Find").click()
    expect(row).to_have_count(1)
    expect(row).to_contain_text("queue_depth")
    expect(row).to_contain_text("Not read: ")
    watched.check()
    watched.context.close()


def test_what_an_envoy_could_add_is_copied(browser: Browser, mesh: Server) -> None:
    watched = Watched(browser, DESKTOP, "dark", address(mesh))
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watched.page
    page.goto("/settings/")
    hint = page.locator("[data-hint=mtls]")
    expect(hint).to_contain_text("-/stock does not say whether calls are mutual TLS")
    hint.get_by_text("The lines to add").click()
    hint.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert "DOWNSTREAM_TLS_VERSION" in page.evaluate("() => navigator.clipboard.readText()")
    watched.check()
    watched.context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
def test_it_is_clean_with_all_of_it_open(browser: Browser, mesh: Server, size: dict[str, int], theme: str) -> None:
    watched = Watched(browser, size, theme, address(mesh))
    page = watched.page
    page.goto("/settings/")
    for summary in page.locator("main summary").all():
        summary.click()
    expect(page.locator("main details[open]")).to_have_count(page.locator("main details").count())
    assert watched.serious() == []
    assert watched.sideways() <= 0
    watched.check()
    watched.context.close()
