"""Walks on Now: from nothing to a first service without a reload, one turning failing, pause, theme, connection."""

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from playwright.sync_api import Browser, expect

from meshui.bench.server import Server, server
from tests import build
from tests.browser.chromium import DESKTOP, PHONE, Watched
from tests.browser.conftest import address

SOON_MS = 10_000
_ids = count(1)


@pytest.fixture
def fresh() -> Iterator[Server]:
    """A server of this test alone."""
    with server() as running:
        yield running


@pytest.fixture
def watched(browser: Browser, fresh: Server) -> Iterator[Watched]:
    page = Watched(browser, DESKTOP, "light", address(fresh))
    yield page
    page.context.close()


def send(mesh: Server, service: str, *, requests: int = 50, failed: int = 0) -> None:
    """Requests that `service` of namespace `shop` got just now; the first `failed` of them answered 503."""
    spans = [
        build.span(
            "GET /cart", trace=(number := next(_ids)), id=number, start=datetime.now(UTC),
            status="error" if index < failed else "unset",
            attributes={"http.request.method": "GET", "http.response.status_code": 503 if index < failed else 200},
        )
        for index in range(requests)
    ]  # fmt: skip
    body = build.traces(build.resource(service, namespace="shop", version="v1"), *spans).SerializeToString()
    request = urllib.request.Request(
        f"http://127.0.0.1:{mesh.otlp_http}/v1/traces", body, {"Content-Type": "application/x-protobuf"}
    )
    urllib.request.urlopen(request, timeout=10).close()


def test_the_empty_page_becomes_the_page_at_the_first_span_without_a_reload(watched: Watched, fresh: Server) -> None:
    page = watched.page
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing has been received yet.")
    expect(page.get_by_text(f"127.0.0.1:{fresh.otlp_grpc}").first).to_be_visible()
    page.evaluate("() => { window.notReloaded = true; }")
    send(fresh, "cart")
    expect(page.locator("tr[data-node='shop/cart']")).to_have_attribute("data-health", "healthy", timeout=SOON_MS)
    expect(page.locator("#time")).to_contain_text("Live")
    assert page.evaluate("() => window.notReloaded")
    watched.check()


def test_snippets_are_chosen_by_click_and_by_arrow_and_carry_the_address(watched: Watched, fresh: Server) -> None:
    page = watched.page
    page.goto("/graph/")
    expect(page.locator("#snippet-collector")).to_contain_text(f"endpoint: 127.0.0.1:{fresh.otlp_grpc}")
    page.get_by_role("tab", name="OpenTelemetry Collector").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("tab", name="Istio")).to_be_focused()
    expect(page.locator("#snippet-istio")).to_be_visible()
    expect(page.locator("#snippet-collector")).to_be_hidden()
    page.get_by_role("tab", name="A recorded file").click()
    expect(page.locator("#snippet-file")).to_contain_text("meshui replay")
    watched.check()


def test_copy_puts_the_snippet_on_the_clipboard(watched: Watched) -> None:
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watched.page
    page.goto("/")
    page.get_by_role("button", name="Copy the snippet for OpenTelemetry Collector").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == page.locator("#snippet-collector").text_content()


def test_a_service_turns_failing_in_row_headline_and_title(watched: Watched, fresh: Server) -> None:
    page = watched.page
    send(fresh, "cart")
    send(fresh, "web")
    page.goto("/")
    cart = page.locator("tr[data-node='shop/cart']")
    expect(cart).to_have_attribute("data-health", "healthy", timeout=SOON_MS)
    send(fresh, "cart", requests=50, failed=50)
    expect(cart).to_have_attribute("data-health", "failing", timeout=SOON_MS)
    expect(cart.locator("[data-signal=error_ratio]")).to_have_text("50 %")
    expect(page.locator("h1")).to_contain_text("shop/cart fails for 50 % of requests", timeout=SOON_MS)
    expect(page).to_have_title("shop/cart fails for 50 % of requests · MeshUI")
    expect(page.locator("#services tbody tr").first).to_have_attribute("data-node", "shop/cart")
    watched.check()


def test_paused_stands_still_and_live_catches_up(watched: Watched, fresh: Server) -> None:
    page = watched.page
    send(fresh, "cart")
    page.goto("/")
    cart = page.locator("tr[data-node='shop/cart']")
    expect(cart).to_have_attribute("data-health", "healthy", timeout=SOON_MS)
    page.keyboard.press("l")
    expect(page.locator("#time")).to_have_attribute("aria-pressed", "true")
    send(fresh, "cart", requests=50, failed=50)
    other = watched.context.new_page()
    other.goto("/")
    expect(other.locator("tr[data-node='shop/cart']")).to_have_attribute("data-health", "failing", timeout=SOON_MS)
    expect(cart).to_have_attribute("data-health", "healthy")
    page.keyboard.press("l")
    expect(cart).to_have_attribute("data-health", "failing")


def test_without_a_script_the_page_says_the_same(browser: Browser, fresh: Server) -> None:
    send(fresh, "cart", requests=50, failed=50)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=address(fresh))
    page = context.new_page()
    with_script = Watched(browser, DESKTOP, "light", address(fresh))
    with_script.page.goto("/")
    expect(with_script.page.locator("h1")).to_contain_text("shop/cart", timeout=SOON_MS)
    page.goto("/")
    expect(page.locator("h1")).to_contain_text("shop/cart fails for 100 % of requests")
    expect(page.locator("tr[data-node='shop/cart']")).to_have_attribute("data-health", "failing")
    for each in (context, with_script.context):
        each.close()


def test_the_theme_is_kept_and_rendered_by_the_server(watched: Watched) -> None:
    page = watched.page
    page.goto("/")
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    response = page.goto("/")
    assert response is not None
    assert '<html lang="en" data-theme="dark"' in response.text()


def test_keys_are_listed_and_can_be_switched_off(watched: Watched) -> None:
    page = watched.page
    page.goto("/")
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Single-key shortcuts are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Single-key shortcuts are on").check()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("g")
    page.keyboard.press("g")
    page.wait_for_url("**/graph/")


def test_a_lost_connection_is_said_with_the_time_of_the_picture(watched: Watched, fresh: Server) -> None:
    page = watched.page
    send(fresh, "cart")
    page.goto("/")
    expect(page.locator("tr[data-node='shop/cart']")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("#strip")).to_be_hidden()
    fresh.kill()
    expect(page.locator("#strip")).to_contain_text("Not live: no connection for", timeout=SOON_MS)
    expect(page.locator("#strip")).to_contain_text("The picture is from")
