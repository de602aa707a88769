"""Debian's Chromium through Playwright: pages that fail the test on a console error or a breach of the policy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

AXE = Path(__file__).resolve().parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
THEMES = ("light", "dark")
_LISTEN = """
window.__breaches = [];
addEventListener("securitypolicyviolation", (e) => window.__breaches.push(e.violatedDirective + " " + e.blockedURI));
"""


def executable() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page and what went wrong on it."""

    def __init__(self, browser: Browser, size: dict[str, int], theme: str, base_url: str) -> None:
        self.context = browser.new_context(
            viewport=size, color_scheme=theme, base_url=base_url, reduced_motion="reduce", has_touch=size == PHONE
        )  # type: ignore[arg-type]
        self.context.add_init_script(_LISTEN)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def check(self) -> None:
        """Fails if the console had an error or the policy was breached."""
        breaches = self.page.evaluate("() => window.__breaches")
        assert not self.errors, self.errors
        assert not breaches, breaches

    def serious(self) -> list[dict[str, Any]]:
        """What axe-core finds serious or critical: rule and elements."""
        # A script that the test itself brings: run in the page's world, past the page's policy.
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            {"rule": rule["id"], "where": [node["target"] for node in rule["nodes"]][:5]}
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
        ]

    def sideways(self) -> int:
        """By how many pixels the page scrolls sideways; it never should."""
        return int(self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))
