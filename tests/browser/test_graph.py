"""Walks on the graph: a service turns failing before one's eyes, is opened by mouse and key, found, hidden, tabled."""

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Route, expect

from meshui.bench.server import Server, server
from tests import build
from tests.browser.chromium import DESKTOP, PHONE, Watched
from tests.browser.conftest import address
from tests.waiting import until

SOON_MS = 10_000
_ids = count(1 << 40)


def post(mesh: Server, signal: str, message: build.Message) -> None:
    body, kind = message.SerializeToString(), {"Content-Type": "application/x-protobuf"}
    request = urllib.request.Request(f"http://127.0.0.1:{mesh.otlp_http}/v1/{signal}", body, kind)
    urllib.request.urlopen(request, timeout=10).close()


def call(mesh: Server, source: str, target: str, *, requests: int = 50, failed: int = 0) -> None:
    """Requests from `source` to `target`, both of namespace `shop`, answered just now; the first `failed` by 503."""
    clients, servers = [], []
    for index in range(requests):
        trace, client, served = next(_ids), next(_ids), next(_ids)
        bad = index < failed
        status = {"http.request.method": "GET", "http.response.status_code": 503 if bad else 200}
        same: dict[str, Any] = {
            "trace": trace, "start": datetime.now(UTC), "status": "error" if bad else "unset", "attributes": status
        }  # fmt: skip
        clients.append(build.span("GET /cart", id=client, kind="client", **same))
        servers.append(build.span("GET /cart", id=served, parent=client, kind="server", **same))
    for name, spans in ((source, clients), (target, servers)):
        post(mesh, "traces", build.traces(build.resource(name, namespace="shop", version="v1"), *spans))


@pytest.fixture(scope="module")
def mesh() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def shop(mesh: Server) -> Server:
    """web calls catalog, and cart, which fails for half of its requests; cart calls stock; just now."""
    call(mesh, "web", "catalog")
    call(mesh, "web", "cart", requests=60, failed=30)
    call(mesh, "cart", "stock")
    until(lambda: _failing(mesh) and len(mesh.get("/api/v1/graph")["edges"]) >= 3, "three calls on the graph")
    return mesh


def _failing(mesh: Server) -> bool:
    return any(node["health"] == "failing" for node in mesh.get("/api/v1/graph")["nodes"])


@pytest.fixture
def watched(browser: Browser, shop: Server) -> Iterator[Watched]:
    page = Watched(browser, DESKTOP, "light", address(shop))
    yield page
    page.check()
    page.context.close()


def described(watched: Watched) -> dict[str, Any]:
    """What the stage says is on it, once something is."""
    ask = "() => document.querySelector('mesh-graph').describe()"
    return until(lambda: (found := watched.page.evaluate(ask))["nodes"] and found, "nodes on the stage")


def on_stage(watched: Watched, node: str) -> tuple[float, float]:
    """Where in the window a node's middle is."""
    box = watched.page.locator("mesh-graph").bounding_box()
    assert box is not None
    x, y = next(each["screen"] for each in described(watched)["nodes"] if each["id"] == node)
    return box["x"] + x, box["y"] + y


def test_a_service_turns_failing_without_a_reload_and_is_opened_by_mouse(browser: Browser) -> None:
    with server() as fresh:
        watched = Watched(browser, DESKTOP, "light", address(fresh))
        page = watched.page
        call(fresh, "web", "cart")
        until(lambda: fresh.get("/api/v1/graph")["edges"], "a call on the graph")
        page.goto("/graph/")
        cart = page.locator("[data-node='shop/cart']")
        expect(cart).to_have_attribute("data-health", "healthy", timeout=SOON_MS)
        before = {each["id"]: (each["x"], each["y"]) for each in described(watched)["nodes"]}
        page.evaluate("() => { window.notReloaded = true; }")
        call(fresh, "web", "cart", requests=50, failed=50)
        call(fresh, "cart", "stock")
        expect(cart).to_have_attribute("data-health", "failing", timeout=SOON_MS)
        expect(page.locator("[data-edge='shop/web→shop/cart']")).to_have_attribute("data-health", "failing")
        expect(page.locator("[data-node='shop/stock']")).to_have_count(1, timeout=SOON_MS)
        until(lambda: any(each["id"] == "shop/stock" for each in described(watched)["nodes"]), "stock on the stage")
        after = {each["id"]: (each["x"], each["y"]) for each in described(watched)["nodes"]}
        assert {node: after[node] for node in before} == before, "what stood there stays when a service is new"
        expect(page.locator("#live-region")).to_contain_text("failing since", timeout=SOON_MS)
        page.mouse.click(*on_stage(watched, "shop/cart"))
        panel = page.locator("#panel")
        expect(panel.get_by_role("heading", name="cart")).to_be_visible()
        expect(panel).to_contain_text("50 %")
        expect(panel.get_by_role("link", name="Open a failing request")).to_be_visible()
        assert page.evaluate("() => window.notReloaded")
        watched.check()
        watched.context.close()


def test_keys_lead_to_the_problem_its_panel_and_its_neighbours(watched: Watched) -> None:
    page = watched.page
    page.goto("/graph/")
    described(watched)
    page.locator("mesh-graph canvas").focus()
    page.keyboard.press("Tab")
    expect(page).to_have_url(f"**/graph/?node={quote('shop/cart', safe='')}".replace("**", address_of(page)))
    expect(page.locator("#panel")).to_contain_text("50 %")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("mesh-graph canvas")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert described(watched)["selected"] not in (None, "shop/web")
    page.keyboard.press("v")
    row = page.locator("tr[data-node='shop/cart']")
    expect(row).to_contain_text("50 %")
    expect(page.locator("mesh-graph")).to_be_hidden()


def address_of(page: Any) -> str:
    """Scheme, host and port of the page."""
    return str(page.evaluate("() => location.origin"))


def test_tab_leaves_the_stage_after_the_last_problem(watched: Watched) -> None:
    page = watched.page
    page.goto("/graph/")
    described(watched)
    stage = page.locator("mesh-graph canvas")
    stage.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if not page.evaluate("() => document.activeElement.tagName === 'CANVAS'"):
            break
    expect(stage).not_to_be_focused()


@pytest.mark.parametrize("view", ["graph", "table"])
def test_every_node_and_call_has_exactly_one_element(watched: Watched, shop: Server, view: str) -> None:
    graph = shop.get("/api/v1/graph")
    watched.page.goto(f"/graph/?view={view}")
    expect(watched.page.locator("[data-node]")).to_have_count(len(graph["nodes"]), timeout=SOON_MS)
    expect(watched.page.locator("[data-edge]")).to_have_count(len(graph["edges"]))
    found = watched.page.evaluate("() => [...document.querySelectorAll('[data-node]')].map((e) => e.dataset.node)")
    assert sorted(found) == sorted(node["id"] for node in graph["nodes"])


def test_find_hide_and_problems_are_in_the_address_and_come_back_with_it(watched: Watched) -> None:
    page = watched.page
    page.goto("/graph/")
    described(watched)
    page.keyboard.press("/")
    page.keyboard.type("stock")
    expect(page.locator("#found")).to_contain_text("1 of")
    lit = [node["id"] for node in described(watched)["nodes"] if node["lit"]]
    assert lit == ["shop/stock"]
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    expect(page.locator("[data-node]")).to_have_count(1)
    page.reload()
    expect(page.locator("#find")).to_have_value("stock")
    expect(page.locator("[data-node]")).to_have_count(1, timeout=SOON_MS)
    page.locator("#find").fill("nobody")
    expect(page.get_by_text("Nothing is called or described “nobody”.")).to_be_visible()
    page.get_by_role("button", name="Clear find and filters").click()
    expect(page.locator("#find")).to_have_value("")
    page.keyboard.press("p")
    expect(page.locator("[data-node='shop/cart']")).to_have_count(1)
    expect(page.locator("[data-node='shop/catalog']")).to_have_count(0)


def test_a_call_tells_its_answers_and_leads_to_both_ends(watched: Watched) -> None:
    page = watched.page
    page.goto(f"/graph/?edge={quote('shop/web→shop/cart')}")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Answers", timeout=SOON_MS)
    expect(panel.locator(".codes")).to_contain_text("503")
    panel.locator("#panel-title").get_by_role("link", name="shop/web").click()
    expect(panel.get_by_role("heading", name="web")).to_be_visible()
    panel.get_by_role("link", name="catalog").click()
    expect(panel.get_by_role("heading", name="catalog")).to_be_visible()


def record(called: str, code: int, *, version: str = "v1", flags: str = "-", tls: bool = True, tries: int = 1) -> Any:
    """What web's Envoy wrote into its access log of a call."""
    told = {
        "traffic_direction": "outbound", "upstream_cluster": f"outbound|80|{version}|{called}.shop.svc.cluster.local",
        "method": "GET", "path": "/", "response_code": str(code), "response_flags": flags, "duration": "5",
        "upstream_host": "10.0.0.1:80" if flags == "-" else "-", "upstream_request_attempt_count": str(tries),
        "upstream_tls_version": "TLSv1.3" if tls else "-",
        "upstream_peer_uri_san": f"spiffe://mesh.local/ns/shop/sa/{called}" if tls else "-",
        "upstream_local_uri_san": "spiffe://mesh.local/ns/shop/sa/web" if tls else "-",
    }  # fmt: skip
    return build.log(at=datetime.now(UTC), attributes=told)


def test_a_call_tells_how_it_is_secured_what_retries_save_and_which_versions_answer(browser: Browser) -> None:
    with server() as mesh:
        watched = Watched(browser, DESKTOP, "light", address(mesh))
        page = watched.page
        well = [record("cart", 200, tries=2 if number < 10 else 1) for number in range(80)]
        bad = [record("cart", 503, version="v2", flags="UH") for _ in range(20)]
        mixed = [record("catalog", 200, tls=number >= 10) for number in range(40)]
        plain = [record("stock", 200, tls=False) for _ in range(20)]
        web = build.resource("web", namespace="shop", version="v1")
        post(mesh, "logs", build.logs(web, *well, *bad, *mixed, *plain))
        own = build.span("clean up", kind="internal", start=datetime.now(UTC))
        post(mesh, "traces", build.traces(build.resource("cart", namespace="shop"), own))
        until(lambda: len(mesh.get("/api/v1/graph")["edges"]) == 3, "three calls on the graph")
        page.goto(f"/graph/?edge={quote('shop/web→shop/cart')}")
        panel = page.locator("#panel")
        expect(panel).to_contain_text("All of it is mutual TLS.", timeout=SOON_MS)
        expect(panel).to_contain_text("1.10 tries per request; 70 % succeed at the first try, 80 % in the end.")
        expect(panel).to_contain_text("No healthy host was left in the cluster")
        expect(panel).to_contain_text("Counted from access logs.")
        expect(panel.get_by_role("row", name="v1")).to_contain_text("80 %")
        expect(panel.get_by_role("row", name="v2")).to_contain_text("100 %")
        caller = panel.locator(".ids code").first
        expect(caller).to_have_text("shop/web")
        expect(caller).to_have_attribute("title", "spiffe://mesh.local/ns/shop/sa/web")
        expect(panel.get_by_role("button", name="Copy identity spiffe://mesh.local/ns/shop/sa/cart")).to_be_visible()
        calls = {each["id"]: each for each in described(watched)["edges"]}
        assert calls["shop/web→shop/stock"]["label"] == "plaintext"
        assert calls["shop/web→shop/catalog"]["label"] == "75\u2009% mTLS"
        assert calls["shop/web→shop/cart"]["locked"]
        x, y = calls["shop/web→shop/stock"]["screen"]
        box = page.locator("mesh-graph").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + x, box["y"] + y)
        assert described(watched)["hovered"] == "shop/web→shop/stock"
        page.mouse.click(box["x"] + x, box["y"] + y)
        expect(panel).to_contain_text("All of it is plaintext.")
        expect(page.locator("#live-region")).to_contain_text("plaintext")
        page.goto("/graph/?view=table&sort=mtls_ratio")
        expect(page.locator("tr[data-edge='shop/web→shop/catalog']")).to_contain_text("75 %")
        watched.check()
        watched.context.close()


def test_lines_reach_15_minutes_back_once_they_are_answered_and_nothing_jumps(watched: Watched) -> None:
    page = watched.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/services/shop/cart/signals?*", hold)
    with page.expect_request("**/api/v1/services/shop/cart/signals?*"):
        page.goto(f"/graph/?node={quote('shop/cart')}")
    panel = page.locator("#panel")
    expect(panel.locator(".since")).to_contain_text("you opened this page", timeout=SOON_MS)
    before = panel.locator(".gold").bounding_box(), panel.locator(".since").bounding_box()
    until(lambda: page.evaluate("() => true") and held, "the question")[0].continue_()
    expect(panel.locator(".since")).to_have_text("Lines: last 15 min")
    assert (panel.locator(".gold").bounding_box(), panel.locator(".since").bounding_box()) == before
    expect(panel.locator(".spark.calm .line").first).to_be_attached(timeout=2 * SOON_MS)
    panel.get_by_role("link", name="web", exact=True).first.click()
    expect(panel.get_by_role("heading", name="web")).to_be_visible()
    expect(panel.locator(".since")).to_have_text("Lines: last 15 min")


def test_focus_shows_a_node_and_its_calls_and_hops_widen_it(watched: Watched) -> None:
    page = watched.page
    page.goto(f"/graph/?node={quote('shop/stock')}")
    described(watched)
    page.keyboard.press("f")
    expect(page.locator("#focus")).to_contain_text("shop/stock and 1 hop around it")
    expect(page.locator("[data-node]")).to_have_count(2)
    page.keyboard.press("+")
    expect(page.locator("[data-node='shop/web']")).to_have_count(1)
    page.get_by_role("button", name="Show the whole graph").first.click()
    expect(page.locator("[data-node='shop/catalog']")).to_have_count(1)


def test_tidy_can_be_undone(watched: Watched) -> None:
    page = watched.page
    page.goto("/graph/")
    places = {each["id"]: (each["x"], each["y"]) for each in described(watched)["nodes"]}
    page.get_by_role("button", name="Tidy").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    assert {each["id"]: (each["x"], each["y"]) for each in described(watched)["nodes"]} == places


def test_headers_sort_and_say_so(watched: Watched) -> None:
    page = watched.page
    page.goto("/graph/?view=table")
    errors = page.get_by_role("columnheader", name="Errors", exact=True)
    errors.get_by_role("button").click()
    expect(errors).to_have_attribute("aria-sort", "descending")
    expect(page.locator("tbody tr").first).to_contain_text("50 %")
    errors.get_by_role("button").click()
    expect(errors).to_have_attribute("aria-sort", "ascending")
    page.locator("tr[data-node='shop/cart']").click()
    expect(page.locator("#panel").get_by_role("heading", name="cart")).to_be_visible()


def test_on_a_phone_the_panel_is_a_sheet_that_is_raised(browser: Browser, shop: Server) -> None:
    watched = Watched(browser, PHONE, "dark", address(shop))
    page = watched.page
    page.goto(f"/graph/?node={quote('shop/cart')}")
    sheet = page.locator("#panel")
    expect(sheet.get_by_role("heading", name="cart")).to_be_visible(timeout=SOON_MS)
    expect(sheet).to_have_attribute("data-height", "half")
    page.get_by_role("button", name="More or less of the details").click()
    expect(sheet).to_have_attribute("data-height", "peek")
    page.get_by_role("button", name="More or less of the details").click()
    expect(sheet).to_have_attribute("data-height", "half")
    watched.check()
    watched.context.close()


def test_without_a_script_the_table_is_there(browser: Browser, shop: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=address(shop))
    page = context.new_page()
    page.goto("/graph/")
    expect(page.locator("tr[data-node='shop/cart']")).to_be_visible()
    expect(page.locator("tr[data-edge='shop/web→shop/cart']")).to_have_attribute("data-health", "failing")
    context.close()
