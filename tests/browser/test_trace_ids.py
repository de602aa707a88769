"""From a log line to its trace by the search field of whatever page is open, and a file of traces by its form."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from meshui.bench.server import Server
from tests.browser.chromium import DESKTOP, PHONE, THEMES, Watched
from tests.browser.conftest import address

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
LINE = f'level=error msg="no stock" trace_id={TRACE} span_id=00f067aa0ba902b7'


def pasted(page: Page, field: str, text: str) -> None:
    page.locator(field).evaluate(
        """(field, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", text);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


@pytest.fixture
def watched(browser: Browser, demo_mesh: Server) -> Iterator[Watched]:
    opened = Watched(browser, DESKTOP, "light", address(demo_mesh))
    yield opened
    opened.context.close()


@pytest.mark.parametrize(("path", "field"), [("/graph/", "#find"), ("/settings/", "input[name=metric]")])
def test_a_log_line_leads_to_its_trace(watched: Watched, path: str, field: str) -> None:
    page = watched.page
    page.goto(path)
    page.locator(field).fill(LINE)
    page.locator(field).press("Enter")
    page.wait_for_url(re.compile(f"/traces/{TRACE}/$"))
    page.goto(path)
    pasted(page, field, f"00-{TRACE}-00f067aa0ba902b7-01")
    page.wait_for_url(re.compile(f"/traces/{TRACE}/$"))


def test_other_words_stay_a_search(watched: Watched) -> None:
    page = watched.page
    page.goto("/settings/")
    page.locator("input[name=metric]").fill("deadbeef")
    page.locator("input[name=metric]").press("Enter")
    page.wait_for_url(re.compile("metric=deadbeef"))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
def test_a_file_of_traces_is_uploaded_and_linked(
    browser: Browser, demo_mesh: Server, size: dict[str, int], theme: str
) -> None:
    start = int(datetime(2024, 5, 1, tzinfo=UTC).timestamp() * 1_000_000)
    span: dict[str, Any] = {
        "traceID": TRACE, "spanID": "a", "operationName": "GET /cart", "processID": "p1", "references": [],
        "startTime": start, "duration": 1000, "tags": [],
    }  # fmt: skip
    trace = {"traceID": TRACE, "spans": [span], "processes": {"p1": {"serviceName": "cart", "tags": []}}}
    body = json.dumps({"data": [trace]}).encode()
    watched = Watched(browser, size, theme, address(demo_mesh))
    page = watched.page
    page.goto("/traces/upload/")
    assert watched.serious() == []
    page.locator("input[type=file]").set_input_files({"name": "t.json", "mimeType": "application/json", "buffer": body})
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("1 trace with 1 span is kept.")).to_be_visible()
    expect(page.get_by_role("link", name=TRACE)).to_have_attribute("href", f"/traces/{TRACE}/")
    assert watched.serious() == []
    assert watched.sideways() <= 0
    watched.check()
    watched.context.close()
