"""Every page, at both sizes, in both themes: no error, no breach of the policy, nothing axe-core calls serious."""

import pytest
from playwright.sync_api import Browser, expect

from meshui.bench.server import Server
from tests.browser.chromium import DESKTOP, PHONE, THEMES, Watched
from tests.browser.conftest import address

PAGES = [
    pytest.param("/", "Services", id="now"),
    pytest.param("/graph/", "ingress", id="graph"),
    pytest.param("/graph/?view=table", "ingress", id="graph-table"),
    pytest.param("/traces/", "What is different about failed ones?", id="traces"),
    pytest.param("/settings/", "How metrics are read", id="settings"),
]

UNNAMED = """() => [...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")]
    .filter((e) => e.checkVisibility() && !e.disabled)
    .filter((e) => !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.title
        || e.labels?.length || e.textContent.trim()))
    .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize(("path", "shows"), PAGES)
def test_a_live_page_is_clean(
    browser: Browser, demo_mesh: Server, path: str, shows: str, size: dict[str, int], theme: str
) -> None:
    watched = Watched(browser, size, theme, address(demo_mesh))
    watched.page.goto(path)
    expect(watched.page.locator("h1")).to_have_count(1)
    expect(watched.page.locator("main")).to_contain_text(shows)
    assert watched.serious() == []
    assert watched.sideways() <= 0
    watched.check()
    watched.context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize("path", ["/", "/graph/", "/traces/", "/settings/", "/sign-in/", "/no/such/page/"])
def test_an_empty_page_is_clean(
    browser: Browser, empty_mesh: Server, path: str, size: dict[str, int], theme: str
) -> None:
    watched = Watched(browser, size, theme, address(empty_mesh))
    watched.page.goto(path)
    expect(watched.page.locator("h1")).to_have_count(1)
    assert watched.serious() == []
    assert watched.sideways() <= 0
    watched.errors = [error for error in watched.errors if "404" not in error]
    watched.check()
    watched.context.close()


@pytest.mark.parametrize("path", ["/", "/graph/", "/graph/?view=table", "/traces/"])
def test_every_control_is_reached_by_tab_and_has_a_name(browser: Browser, demo_mesh: Server, path: str) -> None:
    watched = Watched(browser, DESKTOP, "light", address(demo_mesh))
    watched.page.goto(path)
    expect(watched.page.locator("main")).to_contain_text("Services" if path == "/" else "ingress")
    unnamed = watched.page.evaluate(UNNAMED)
    assert unnamed == []
    seen = set()
    for _ in range(120):
        watched.page.keyboard.press("Tab")
        here = watched.page.evaluate("() => document.activeElement.outerHTML.slice(0, 160)")
        if here in seen and here.startswith("<body"):
            break
        seen.add(here)
    assert any("<a" in element for element in seen)
    assert any("<button" in element for element in seen)
    watched.context.close()
