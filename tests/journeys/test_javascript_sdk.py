"""OpenTelemetry's JavaScript SDK from npm, over its three transports: the edges it makes have the right counts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from meshui.bench.server import Server
from tests.journeys.graph import edge
from tests.waiting import until

SENDER = Path(__file__).with_name("otel-js")
CALLS = 40


def node() -> str:
    beside = Path(sys.executable).with_name("node")
    return str(beside) if beside.exists() else shutil.which("node") or ""


@pytest.mark.skipif(
    not (SENDER / "node_modules").is_dir(), reason="tests/journeys/otel-js is not installed: make setup"
)
@pytest.mark.parametrize("protocol", ["http", "proto", "grpc"])
def test_calls_through_the_javascript_sdk_become_edges(mesh: Server, protocol: str) -> None:
    url = f"http://127.0.0.1:{mesh.otlp_grpc}" if protocol == "grpc" else f"http://127.0.0.1:{mesh.otlp_http}/v1/traces"
    command = [node(), "send.mjs", protocol, url, str(CALLS)]
    done = subprocess.run(command, cwd=SENDER, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr

    until(lambda: sum(edge(mesh, "js/web→js/cart").get("codes", {}).values()) == CALLS, "all calls on the edge")
    assert edge(mesh, "js/web→js/cart")["codes"] == {"200": CALLS * 3 // 4, "503": CALLS // 4}
