"""A running demo mesh and one browser for all walks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from meshui.bench.server import Server, server
from tests.browser.chromium import chromium, executable
from tests.waiting import until


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Gone with the last walk: Playwright's own event loop runs in this thread as long as the browser does."""
    if executable() is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def empty_mesh() -> Iterator[Server]:
    """A server that has received nothing."""
    with server() as running:
        yield running


@pytest.fixture(scope="package")
def demo_mesh() -> Iterator[Server]:
    """A server with its demo mesh, once there is a graph to see."""
    with server("--demo") as running:
        until(lambda: len(running.get("/api/v1/graph")["edges"]) > 10, "the demo's calls on the graph")
        yield running


def address(mesh: Server) -> str:
    return f"http://127.0.0.1:{mesh.web}"
