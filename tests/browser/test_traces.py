"""Walks on the page of traces: from a red call to the failing span by mouse and by key, a part brushed, what is
different about it, an expression completed, the next page, two compared."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from meshui.bench.server import Server, server
from tests import build
from tests.browser.chromium import DESKTOP, PHONE, THEMES, Watched
from tests.browser.conftest import address
from tests.browser.test_graph import post
from tests.waiting import until

SOON_MS = 10_000
FINE, FAILING = 60, 20
EDGE = "shop/web→shop/cart"


def shop(mesh: Server) -> None:
    """web asks cart eighty times in the last seconds: version v2 on one pod fails slowly, v1 answers at once."""
    start = datetime.now(UTC) - timedelta(seconds=8)
    web: list[build.Span] = []
    cart: dict[str, list[build.Span]] = {"v1": [], "v2": []}
    first = round(start.timestamp() * 1000)
    for number in range(FINE + FAILING):
        bad = number < FAILING
        trace, at = first + number, start + timedelta(milliseconds=90 * number)
        attributes = {
            "http.request.method": "GET",
            "http.route": "/cart",
            "http.response.status_code": 503 if bad else 200,
        }
        same = {"trace": trace, "status": "error" if bad else "unset", "attributes": attributes}
        ms = 400 + number if bad else 20 + number / 10
        web += [
            build.span("GET /shop", id=1, start=at, ms=ms + 8, **same),
            build.span(
                "GET /cart", id=2, parent=1, kind="client", start=at + timedelta(milliseconds=2), ms=ms + 4, **same
            ),
        ]
        event = build.event("exception", at=at, attributes={"exception.message": "no basket left"})
        cart["v2" if bad else "v1"].append(
            build.span(
                "GET /cart", id=3, parent=2, start=at + timedelta(milliseconds=4), ms=ms, events=[event] * bad, **same
            )
        )
    post(mesh, "traces", build.traces(build.resource("web", namespace="shop", version="v1"), *web))
    for version, spans in cart.items():
        sender = build.resource("cart", namespace="shop", version=version, instance=f"cart-{version}")
        post(mesh, "traces", build.traces(sender, *spans))


@pytest.fixture(scope="module")
def mesh() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def failing(mesh: Server) -> Server:
    """The call from web to cart is failing now."""
    shop(mesh)
    until(
        lambda: any(edge["id"] == EDGE and edge["health"] == "failing" for edge in mesh.get("/api/v1/graph")["edges"]),
        "a red call",
    )
    return mesh


@pytest.fixture
def watched(browser: Browser, failing: Server) -> Iterator[Watched]:
    page = Watched(browser, DESKTOP, "light", address(failing))
    yield page
    page.check()
    page.context.close()


def asked(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def guilty(page: Page) -> None:
    """The page is a trace's with the span chosen at which it failed."""
    expect(page).to_have_url(re.compile(r"/traces/[0-9a-f]{32}/\?span=0000000000000003"))
    expect(page.locator("#detail")).to_contain_text("no basket left")


def test_three_clicks_lead_from_a_red_call_to_the_failing_span(watched: Watched) -> None:
    page = watched.page
    page.goto("/graph/?view=table")
    page.locator(f"tr[data-edge='{EDGE}']").click()
    page.locator("#panel").get_by_role("link", name="Failing traces").click()
    expect(page.locator("#rows tr").first).to_have_attribute("data-health", "failing")
    assert asked(page)["edge"] == EDGE
    took = page.locator("#rows tr td:nth-last-child(2)").all_inner_texts()
    assert took == sorted(took, reverse=True), "the slowest first"
    page.locator("#rows th a").first.click()
    guilty(page)


def test_keys_alone_lead_there_too(watched: Watched) -> None:
    page = watched.page
    page.goto(f"/graph/?edge={EDGE}")
    expect(page.locator("#panel-title")).to_be_visible(timeout=SOON_MS)
    page.locator("mesh-graph canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    to(page, "Failing traces")
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr").first).to_have_attribute("data-health", "failing")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    guilty(page)


def to(page: Page, name: str) -> None:
    """Tab until the link of that name has the focus."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"Tab does not come to {name!r}")


def test_a_point_of_a_line_and_a_row_of_now_lead_to_their_traces(watched: Watched) -> None:
    page = watched.page
    page.goto("/graph/?node=shop/cart")
    line = page.locator("#panel .sparklink").nth(1)
    line.focus()
    expect(line).to_have_attribute("href", re.compile("service=shop%2Fcart"))
    page.keyboard.press("ArrowLeft")
    expect(line).to_have_attribute("aria-label", re.compile("Traces of the minute to "))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Traces")
    query = asked(page)
    assert (query["service"], query["status"], query["order"]) == ("shop/cart", "error", "slowest")
    since, until_ = (datetime.fromisoformat(query[name]) for name in ("from", "to"))
    assert 60 <= (until_ - since).total_seconds() <= 70
    page.goto("/")
    page.locator("tr[data-node='shop/cart'] [data-signal=error_ratio] a").click()
    expect(page.locator("#rows tr").first).to_have_attribute("data-health", "failing")
    assert asked(page) == {"service": "shop/cart", "order": "errors", "from": "now-1m"}


def test_a_brushed_part_is_listed_and_told_from_the_rest(watched: Watched) -> None:
    page = watched.page
    page.goto("/traces/?service=shop/cart&from=now-5m")
    expect(page.locator("#map-title")).to_contain_text("traces match", timeout=SOON_MS)
    red = page.locator(".trcells .hm.bad").first
    box, cells = red.bounding_box(), page.locator(".trcells").bounding_box()
    assert box
    assert cells
    page.mouse.move(cells["x"] + 1, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(cells["x"] + cells["width"] - 2, box["y"] + box["height"] - 1, steps=4)
    expect(page.locator("#map-here")).to_contain_text("ms")
    page.mouse.up()
    expect(page.locator("#list-title")).to_have_text("Traces in the selection")
    assert {row.get_attribute("data-health") for row in page.locator("#rows tr").all()} == {"failing"}
    different = page.locator("[data-part=different]")
    expect(different.get_by_role("heading")).to_have_text("What is different about the selection?", timeout=SOON_MS)
    version = different.locator("[data-field=version][data-value=v2]")
    expect(version).to_contain_text("100")
    version.locator("a").click()
    expect(page.locator("#q")).to_have_value("version = v2")
    page.get_by_role("link", name="Clear selection").click(timeout=SOON_MS)
    expect(page.locator("#list-title")).to_have_text("Traces")
    assert asked(page)["q"] == "version = v2"


def test_matches_are_counted_by_a_field(watched: Watched) -> None:
    page = watched.page
    page.goto("/traces/?service=shop/cart&from=now-5m")
    page.get_by_label("Field", exact=True).fill("version")
    page.get_by_role("button", name="Count").click()
    row = page.locator("[data-part=by] tr[data-value=v2]")
    expect(row).to_contain_text("100", timeout=SOON_MS)
    row.get_by_role("link").click()
    expect(page.locator("#q")).to_have_value("version = v2")


def test_the_brush_by_fields_is_the_same(watched: Watched) -> None:
    page = watched.page
    page.goto("/traces/?service=shop/cart&from=now-5m")
    page.get_by_label("Took at least", exact=True).fill("300ms", timeout=SOON_MS)
    page.get_by_role("button", name="Select").click()
    expect(page.locator("#list-title")).to_have_text("Traces in the selection")
    assert {row.get_attribute("data-health") for row in page.locator("#rows tr").all()} == {"failing"}
    page.get_by_role("link", name="Look at it alone").click(timeout=SOON_MS)
    expect(page.get_by_label("Whole trace took at least")).to_have_value("300ms")


def test_an_expression_is_completed_by_keys_and_a_mistake_says_where(watched: Watched) -> None:
    page = watched.page
    page.goto("/traces/")
    page.keyboard.press("/")
    field = page.locator("#q")
    expect(field).to_be_focused()
    page.keyboard.type("http.rou")
    option = page.get_by_role("option", name="http.route")
    expect(option).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("http.route ")
    page.keyboard.type("= ")
    expect(page.get_by_role("option", name="/cart")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(field).to_have_value("http.route = /cart ")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("End")
    page.keyboard.type("and and")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Find traces").click()
    expect(page.locator("#wrong")).to_contain_text("position 24: expected a field")
    expect(page.locator("#wrong mark")).to_have_text("and")
    watched.errors = [error for error in watched.errors if "400" not in error]


def test_a_pasted_trace_id_goes_straight_to_its_trace(watched: Watched, failing: Server) -> None:
    trace = failing.get("/api/v1/traces?limit=1")["items"][0]["trace_id"]
    watched.page.goto("/traces/")
    watched.page.locator("#q").fill(f"trace_id={trace} level=error")
    watched.page.locator("#q").press("Enter")
    watched.page.wait_for_url(re.compile(f"/traces/{trace}/"))


def test_more_rows_come_below_and_two_are_compared(watched: Watched) -> None:
    page = watched.page
    page.goto("/traces/?service=shop/cart")
    expect(page.locator("#rows tr")).to_have_count(50)
    page.get_by_role("link", name="More").click()
    expect(page.locator("#rows tr").nth(50)).to_be_visible()
    ids = [row.get_attribute("data-trace") for row in page.locator("#rows tr").all()]
    assert len(ids) == len(set(ids)) > 50
    button = page.get_by_role("button", name="Compare two")
    expect(button).to_be_disabled()
    for number in (0, 1, 60):
        page.locator("input[name=pick]").nth(number).check()
    button.click()
    expect(page).to_have_url(re.compile(f"/traces/compare/\\?a={ids[1]}&b={ids[60]}"))


def test_nothing_matches_says_so_and_clears_the_filter(watched: Watched) -> None:
    page = watched.page
    page.goto("/traces/?service=nobody&from=now-5m")
    expect(page.locator("#nothing")).to_contain_text("No trace matches.")
    page.get_by_role("link", name="Clear the filter").click()
    expect(page.locator("#rows tr").first).to_be_visible()
    assert asked(page) == {"from": "now-5m"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
def test_the_page_is_clean(browser: Browser, failing: Server, size: dict[str, int], theme: str) -> None:
    watched = Watched(browser, size, theme, address(failing))
    page = watched.page
    page.goto("/traces/?service=shop/cart&brush_min=300ms&flag=&operation=GET /cart")
    expect(page.locator("[data-part=different] .trdiff").first).to_be_visible(timeout=SOON_MS)
    page.locator("[data-part=map] summary").click()
    assert watched.serious() == []
    assert watched.sideways() <= 0
    watched.check()
    watched.context.close()
