"""`make shots`: pictures of every page from the running app, for people to look at, and the README's picture.

Written to shots/ as PAGE-WIDTH-THEME.png; docs/graph.png is the graph while the demo's bad deployment goes wrong."""

import shutil
import time
from pathlib import Path

from playwright.sync_api import Browser, expect

from meshui.bench.server import Server, server
from tests.browser.chromium import DESKTOP, PHONE, THEMES, Watched, chromium
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "shots"
LIVE = {
    "now": "/",
    "graph": "/graph/",
    "graph-node": "/graph/?node=shop/cart",
    "table": "/graph/?view=table",
    "traces": "/traces/",
    "settings": "/settings/",
}
EMPTY = {"empty": "/", "sign-in": "/sign-in/", "error": "/no/such/page/"}
SETTLED_MS = 1500  # the layout's animation; a picture has no condition to wait for


def take(browser: Browser, mesh: Server, pages: dict[str, str]) -> None:
    """Every page at both sizes, in both themes."""
    for name, path in pages.items():
        for theme in THEMES:
            for size in (DESKTOP, PHONE):
                watched = Watched(browser, size, theme, f"http://127.0.0.1:{mesh.web}")
                watched.page.goto(path)
                expect(watched.page.locator("h1")).to_have_count(1)
                watched.page.wait_for_timeout(SETTLED_MS)
                watched.page.screenshot(path=SHOTS / f"{name}-{size['width']}-{theme}.png")
                watched.context.close()


def failing(mesh: Server) -> bool:
    """Whether cart is failing and its callers show it."""
    nodes = {node["id"]: node["health"] for node in mesh.get("/api/v1/graph")["nodes"]}
    return nodes.get("shop/cart") == "failing" and nodes.get("shop/web") in ("failing", "degraded")


def main() -> None:
    SHOTS.mkdir(exist_ok=True)
    with chromium() as browser:
        with server() as mesh:
            take(browser, mesh, EMPTY)
        with server("--demo") as mesh:
            until(lambda: failing(mesh), "the bad deployment", within_s=120)
            time.sleep(10)  # for a full picture: the window fills with failures
            failed = mesh.get("/api/v1/traces?order=errors&limit=1")["items"][0]["trace_id"]
            compared = f"/traces/compare/?a={failed}&b=typical"
            take(browser, mesh, LIVE | {"trace": f"/traces/{failed}/", "trace-compare": compared})
    shutil.copy(SHOTS / "graph-node-1280-light.png", ROOT / "docs" / "graph.png")


if __name__ == "__main__":
    main()
