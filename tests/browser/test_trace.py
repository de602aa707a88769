"""Walks on the page of a trace: to the guilty span by mouse and by key, and what a large or growing trace does."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from meshui.bench.server import Server, server
from tests import build
from tests.browser.chromium import DESKTOP, PHONE, THEMES, Watched
from tests.browser.conftest import address
from tests.browser.test_graph import post
from tests.waiting import until

SOON_MS = 10_000
REFUSED, GROWS, LARGE, HUGE, GOOD, PROXIED = 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6


def path(trace: int) -> str:
    return f"/traces/{trace:032x}/"


def http(code: int, **more: Any) -> dict[str, Any]:
    return {"http.request.method": "GET", "http.response.status_code": code, **more}


def send(mesh: Server, trace: int, *, good: bool = False, start: datetime | None = None) -> None:
    """web asks cart, which asks stock: stock answers 503, unless all is good."""
    at = start or datetime.now(UTC) - timedelta(seconds=2)
    bad: dict[str, Any] = {"status": "unset" if good else "error"}
    code = 200 if good else 503

    def later(ms: float) -> datetime:
        return at + timedelta(milliseconds=ms)

    same: dict[str, Any] = {"trace": trace}
    web = [
        build.span("GET /shop", id=1, start=at, ms=120, attributes=http(code), **bad, **same),
        build.span(
            "GET /cart", id=2, parent=1, kind="client", start=later(5), ms=110, attributes=http(code), **bad, **same
        ),
    ]
    cart = [
        build.span(
            "GET /cart",
            id=3,
            parent=2,
            start=later(8),
            ms=100,
            attributes=http(code, **{"http.route": "/cart"}),
            **bad,
            **same,
        ),
        build.span("price", id=4, parent=3, kind="internal", start=later(10), ms=20, **same),
        build.span(
            "GET /stock", id=5, parent=3, kind="client", start=later(32), ms=60, attributes=http(code), **bad, **same
        ),
    ]
    boom = build.event("exception", at=later(70), attributes={"exception.message": "out of shelves"})
    stock = [
        build.span(
            "GET /stock",
            id=6,
            parent=5,
            start=later(35),
            ms=50,
            attributes=http(code),
            events=[] if good else [boom],
            **bad,
            **same,
        ),
    ]
    for name, spans in (("web", web), ("cart", cart), ("stock", stock)):
        post(mesh, "traces", build.traces(build.resource(name, namespace="shop", version="v2"), *spans))


def through_proxies(mesh: Server, trace: int) -> None:
    """web asks cart through both sidecars; the first call is refused by web's own, the second is answered."""
    at = datetime.now(UTC) - timedelta(seconds=2)

    def later(ms: float) -> datetime:
        return at + timedelta(milliseconds=ms)

    def envoy(cluster: str, code: int, flags: str = "-") -> dict[str, Any]:
        return {
            "component": "proxy",
            "upstream_cluster": cluster,
            "response_flags": flags,
            "http.status_code": str(code),
        }

    same: dict[str, Any] = {"trace": trace, "kind": "client"}
    apps = [
        build.span("GET /shop", trace=trace, id=1, start=at, ms=90, attributes=http(200)),
        build.span("GET", id=2, parent=1, start=later(1), ms=20, attributes=http(503), status="error", **same),
        build.span("GET", id=3, parent=1, start=later(30), ms=50, attributes=http(200), **same),
    ]
    out = "outbound|8080||cart.shop.svc.cluster.local"
    sidecar = [
        build.span(
            "cart", id=4, parent=2, start=later(2), ms=17, attributes=envoy(out, 503, "UH"), status="error", **same
        ),
        build.span("cart", id=5, parent=3, start=later(31), ms=47, attributes=envoy(out, 200), **same),
    ]
    theirs = build.span(
        "cart", trace=trace, id=6, parent=5, start=later(33), ms=43, attributes=envoy("inbound|8080||", 200)
    )
    cart = build.span("GET /cart", trace=trace, id=7, parent=6, start=later(35), ms=39, attributes=http(200))
    web: dict[str, Any] = {"namespace": "shop", "instance": "web-1"}
    cart_at: dict[str, Any] = {"namespace": "shop", "instance": "cart-1"}
    post(mesh, "traces", build.traces(build.resource("web", **web), *apps))
    post(mesh, "traces", build.traces(build.resource("web", scope="envoy", **web), *sidecar))
    post(mesh, "traces", build.traces(build.resource("cart", scope="envoy", **cart_at), theirs))
    post(mesh, "traces", build.traces(build.resource("cart", **cart_at), cart))


def many(trace: int, size: int) -> Iterator[build.Message]:
    """A trace of `size` spans of thirty services, each below one of the two hundred before it."""
    random, at = Random(1), datetime.now(UTC) - timedelta(seconds=30)
    of: dict[int, list[Any]] = {}
    for number in range(size):
        parent = random.randrange(max(0, number - 200), number) + 1 if number else b""
        kind = random.choice(("server", "client", "internal"))
        start = at + timedelta(microseconds=number * 100)
        made = build.span(
            f"GET /{number % 17}", trace=trace, id=number + 1, parent=parent, kind=kind, start=start,
            ms=random.uniform(0.1, 30), attributes={f"attribute.{key}": "x" * 12 for key in range(8)},
        )  # fmt: skip
        of.setdefault(random.randrange(30), []).append(made)
    for service, spans in of.items():
        for first in range(0, len(spans), 1000):
            yield build.traces(build.resource(f"s{service}", namespace="many"), *spans[first : first + 1000])


@pytest.fixture(scope="module")
def mesh() -> Iterator[Server]:
    with server() as running:
        send(running, GOOD, good=True, start=datetime.now(UTC) - timedelta(seconds=60))
        send(running, REFUSED)
        until(lambda: complete(running, REFUSED, 6) and complete(running, GOOD, 6), "both traces whole")
        yield running


def complete(mesh: Server, trace: int, size: int) -> bool:
    try:
        return len(mesh.get(f"/api/v1/traces/{trace:032x}")["spans"]) == size
    except OSError:
        return False


@pytest.fixture
def watched(browser: Browser, mesh: Server) -> Iterator[Watched]:
    page = Watched(browser, DESKTOP, "light", address(mesh))
    yield page
    page.check()
    page.context.close()


def names(page: Page) -> list[str]:
    """Service and operation of the rows that are drawn, with their depth."""
    rows = page.locator("#rows [role=row]").all()
    return [f"{row.get_attribute('aria-level')} {row.locator('.ell').inner_text()}" for row in rows]


WHOLE = [
    "1 web GET /shop",
    "2 web GET /cart",
    "3 cart GET /cart",
    "4 cart price",
    "4 cart GET /stock",
    "5 stock GET /stock",
]


def test_from_a_red_edge_to_the_guilty_span_in_three_clicks(watched: Watched, mesh: Server) -> None:
    page = watched.page
    until(lambda: any(e["failing_traces"] for e in mesh.get("/api/v1/graph")["edges"]), "a failing call")
    page.goto("/graph/?view=table")
    page.locator("tr[data-edge='shop/cart→shop/stock']").click()
    page.get_by_role("link", name="Open a failing request").click()
    expect(page).to_have_url(re.compile(path(REFUSED)))
    page.locator("[data-part=cards] .failed a").click()
    expect(page.locator("#rows .on .ell")).to_have_text("stock GET /stock")
    expect(page.locator("#detail")).to_contain_text("out of shelves")
    expect(page.locator("#detail")).to_contain_text("failed here first")


def test_by_keyboard_alone(watched: Watched) -> None:
    page = watched.page
    page.goto(path(REFUSED))
    rows = page.locator("#rows")
    expect(rows).to_have_attribute("aria-rowcount", "6")
    assert names(page) == WHOLE
    on = page.locator("#rows .on")
    expect(on).to_have_attribute("data-index", "5")
    page.keyboard.press("k")
    expect(on.locator(".ell")).to_have_text("cart GET /stock")
    page.keyboard.press("ArrowLeft")
    assert names(page) == WHOLE[:5]
    expect(on).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    assert names(page) == WHOLE
    page.keyboard.press("ArrowRight")
    expect(on).to_have_attribute("data-index", "5")
    page.keyboard.press("ArrowLeft")
    expect(on.locator(".ell")).to_have_text("cart GET /stock")
    page.keyboard.press("k")
    expect(on.locator(".ell")).to_have_text("cart price")
    page.keyboard.press("e")
    expect(on.locator(".ell")).to_have_text("cart GET /stock")
    page.keyboard.press("c")
    expect(page.locator("#rows .wfc")).to_have_count(0)
    expect(page).to_have_url(re.compile("critical=0"))
    page.keyboard.press("/")
    page.keyboard.type("shop/stock v2")
    expect(page.locator("#found")).to_have_text("1 found")
    page.keyboard.press("Enter")
    expect(on.locator(".ell")).to_have_text("stock GET /stock")
    page.locator("#find").fill("cart shelves")
    expect(page.locator("#found")).to_have_text("0 found")
    page.locator("#find").fill("Shelves")
    expect(page.locator("#found")).to_have_text("1 found")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(rows).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#detail-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(rows).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()


def test_proxies_are_folded_into_the_call_they_carried_and_shown_one_by_one(watched: Watched, mesh: Server) -> None:
    through_proxies(mesh, PROXIED)
    until(lambda: complete(mesh, PROXIED, 7), "the trace")
    page = watched.page
    page.goto(path(PROXIED))
    folded = ["1 web GET /shop", "2 web GET", "3 web cart", "2 web GET", "3 cart GET /cart"]
    expect(page.locator("#rows")).to_have_attribute("aria-rowcount", "5")
    assert names(page) == folded, "where it began to fail is open"
    on = page.locator("#rows .on")
    expect(on.locator(".h")).to_have_count(1)
    expect(on).to_contain_text("503 UH")
    expect(page.locator("#detail .flag")).to_contain_text("No healthy host was left in the cluster.")
    page.keyboard.press("x")
    assert names(page) == [folded[0], folded[1], folded[3], folded[4]]
    expect(on).to_have_attribute("data-index", "1")
    expect(on).to_contain_text("try 1 · 503 UH")
    expect(on.locator(".fold")).to_have_text("+1 proxy")
    page.keyboard.press("x")
    assert names(page) == folded
    page.locator("#rows .fold").last.click()
    expect(page.locator("#rows")).to_have_attribute("aria-rowcount", "6")
    page.get_by_role("button", name="Fold proxies").click()
    expect(page.locator("#rows")).to_have_attribute("aria-rowcount", "7")
    expect(page).to_have_url(re.compile("fold=0"))
    page.get_by_role("button", name="Fold proxies").click()
    expect(page.locator("#rows")).to_have_attribute("aria-rowcount", "4")


def test_a_link_shows_what_its_sender_saw(watched: Watched) -> None:
    page = watched.page
    page.goto(f"{path(REFUSED)}?span={4:016x}&view=table")
    expect(page.locator("#detail-title")).to_have_text("price")
    expect(page.locator("#other tr.on")).to_contain_text("price")
    page.get_by_role("button", name="Flame").click()
    expect(page.locator("#other svg g.on")).to_have_count(1)
    page.get_by_role("button", name="Graph", exact=True).click()
    expect(page.locator("#other a.tnode")).to_have_count(3)
    expect(page.locator("#other .tcall.bad")).to_have_count(2)
    page.get_by_role("button", name="Waterfall").click()
    expect(page.locator("#rows .on .ell")).to_have_text("cart price")
    expect(page).to_have_url(re.compile(f"span={4:016x}"))
    expect(page).not_to_have_url(re.compile("view="))


def test_a_part_of_the_time_is_brushed_typed_and_left(watched: Watched) -> None:
    page = watched.page
    page.goto(path(REFUSED))
    expect(page.locator("#zoom")).to_be_hidden()
    box = page.locator("#mini").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.locator("#zoom-from")).to_have_value(re.compile(r"^(59|60)"))
    expect(page.locator("#brush")).to_be_visible()
    page.locator("#zoom-from").fill("20")
    page.locator("#zoom-from").press("Enter")
    expect(page).to_have_url(re.compile("from=20&to=120"))
    page.reload()
    expect(page.locator("#zoom-from")).to_have_value("20")
    page.get_by_role("button", name="Whole trace").click()
    expect(page.locator("#zoom")).to_be_hidden()
    page.keyboard.press("+")
    expect(page.locator("#zoom")).to_be_visible()
    page.keyboard.press("0")
    expect(page.locator("#zoom")).to_be_hidden()


def test_a_trace_grows_before_ones_eyes_and_the_choice_stays(browser: Browser, mesh: Server) -> None:
    watched = Watched(browser, DESKTOP, "light", address(mesh))
    page, at = watched.page, datetime.now(UTC)
    web = build.resource("web", namespace="shop")
    post(mesh, "traces", build.traces(web, build.span("GET /shop", trace=GROWS, id=2, parent=1, start=at, ms=20)))
    until(lambda: complete(mesh, GROWS, 1), "the first span")
    page.goto(f"{path(GROWS)}?span={2:016x}")
    expect(page.locator("[data-kind=missing_parent]")).to_be_visible()
    expect(page.locator("#rows .on")).to_have_attribute("data-index", "0")
    page.evaluate("() => { window.notReloaded = true; }")
    gate = build.resource("gate", namespace="edge")
    started = at - timedelta(milliseconds=5)
    post(
        mesh, "traces", build.traces(gate, build.span("GET /", trace=GROWS, id=1, kind="client", start=started, ms=40))
    )
    expect(page.locator("#rows")).to_have_attribute("aria-rowcount", "2", timeout=SOON_MS)
    expect(page.locator("#rows .on")).to_have_attribute("data-index", "1")
    expect(page.locator("[data-kind=missing_parent]")).to_have_count(0)
    expect(page.locator("[data-part=head]")).to_contain_text("2 spans in 2 services")
    assert page.evaluate("() => window.notReloaded") is True
    watched.check()
    watched.context.close()


def test_the_graph_of_that_time_shows_its_path(watched: Watched) -> None:
    page = watched.page
    page.goto(path(REFUSED))
    page.get_by_role("link", name="On the graph").click()
    expect(page.get_by_role("link", name="back to live")).to_be_visible()
    expect(page.locator("#way")).to_be_visible()
    stage = "() => document.querySelector('mesh-graph').describe().nodes"
    lit = until(lambda: (found := page.evaluate(stage)) and {each["id"]: each["lit"] for each in found}, "nodes")
    assert lit["shop/cart"]
    assert lit["shop/stock"]
    assert not lit["-/unknown"]
    page.locator("#unway").click()
    until(lambda: all(each["lit"] for each in page.evaluate(stage)), "every node lit")
    expect(page).not_to_have_url(re.compile("path="))


def test_it_is_compared_with_what_is_usual(watched: Watched) -> None:
    page = watched.page
    page.goto(path(REFUSED))
    page.get_by_role("link", name="Compare with usual").click()
    expect(page.locator("h1")).to_have_text("GET /shop against what is usual")
    expect(page.locator("[data-kind=failed]")).to_contain_text("shop/stock: GET /stock failed here, usually not.")
    page.locator("input[name=b]").fill(f"{GOOD:032x}")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("GET /shop against another")


def test_without_a_script_it_is_all_there(browser: Browser, mesh: Server) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=address(mesh), viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path(REFUSED))
    assert names(page) == WHOLE
    page.get_by_role("link", name="cart price").click()
    expect(page.locator("#detail-title")).to_have_text("price")
    expect(page.locator("#detail-said")).to_contain_text("Attributes")
    context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize("view", ["waterfall", "table", "flame", "graph", "compare", "unknown"])
def test_a_trace_page_is_clean(browser: Browser, mesh: Server, view: str, size: dict[str, int], theme: str) -> None:
    watched = Watched(browser, size, theme, address(mesh))
    addresses = {
        "compare": f"/traces/compare/?a={REFUSED:032x}&b=typical",
        "unknown": path(0xFFFF),
    }
    watched.page.goto(addresses.get(view, f"{path(REFUSED)}?view={view}&span={6:016x}"))
    expect(watched.page.locator("h1")).to_have_count(1)
    if view not in addresses:
        expect(watched.page.locator("#detail-said")).to_contain_text("out of shelves")
    assert watched.serious() == []
    assert watched.sideways() <= 0
    if view == "unknown":
        watched.errors = [error for error in watched.errors if "404" not in error]
    watched.check()
    watched.context.close()


def test_a_sheet_on_a_phone_goes_up_down_and_away(browser: Browser, mesh: Server) -> None:
    watched = Watched(browser, PHONE, "dark", address(mesh))
    page = watched.page
    page.goto(path(REFUSED))
    detail = page.locator("#detail")
    expect(detail).to_be_hidden()
    page.locator("#rows [data-index='3']").click()
    expect(detail).to_have_attribute("data-height", "half")
    page.goto(f"{path(REFUSED)}?span={6:016x}")
    row, sheet = page.locator("#rows .on").bounding_box(), detail.bounding_box()
    assert row is not None
    assert sheet is not None
    assert row["y"] + row["height"] <= sheet["y"], "the chosen row is not under the sheet"
    page.locator("#detail .grip").click()
    expect(detail).to_have_attribute("data-height", "peek")
    page.locator("#detail [data-act=close]").click()
    expect(detail).to_be_hidden()
    watched.check()
    watched.context.close()


MEASURE = """async () => {
  const frames = [];
  const end = document.documentElement.scrollHeight - innerHeight;
  let last = performance.now();
  for (let at = 0; at <= 60; at++) {
    scrollTo(0, (end * at) / 60);
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  frames.sort((a, b) => a - b);
  const [navigation] = performance.getEntriesByType("navigation");
  const drawn = performance.getEntriesByName("trace-drawn")[0]?.startTime ?? 0;
  return {answered: navigation.responseEnd, drawn, median: frames[30], worst: frames[60],
    rows: document.querySelectorAll("#rows [role=row]").length};
}"""


@pytest.mark.parametrize(("trace", "size"), [(LARGE, 10_000), (HUGE, 100_000)], ids=["10k", "100k"])
def test_a_large_trace_opens_and_scrolls(browser: Browser, mesh: Server, trace: int, size: int) -> None:
    """Prints what it took; fails if it does not open, or keeps more rows than a screen holds."""
    for message in many(trace, size):
        post(mesh, "traces", message)
    until(lambda: complete(mesh, trace, size), "the large trace", within_s=180)
    watched = Watched(browser, DESKTOP, "light", address(mesh))
    page = watched.page
    page.set_default_timeout(120_000)
    page.goto(path(trace))
    expect(page.locator("#rows")).to_have_attribute("aria-rowcount", re.compile(r"\d{4,}"), timeout=120_000)
    found = page.evaluate(MEASURE)
    words = {key: round(value) for key, value in found.items()}
    print(f"\n{size:,} spans: {json.dumps(words)} (ms)")  # noqa: T201  what it is for
    assert 20 <= found["rows"] <= 80
    page.keyboard.press("e")
    page.locator("#rows").focus()
    page.keyboard.press("End")
    expect(page.locator("#rows .on")).to_be_in_viewport()
    watched.check()
    watched.context.close()
