"""MeshUI watches itself: its own spans become a node of its own graph, and watching makes no more of them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshui.bench.server import Server, free_ports, started
from tests.waiting import until


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    (grpc,) = free_ports(1)
    monkeypatch.setitem(os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{grpc}")
    monkeypatch.setitem(os.environ, "OTEL_BSP_SCHEDULE_DELAY", "500")
    monkeypatch.setitem(os.environ, "OTEL_METRIC_EXPORT_INTERVAL", "1000")
    running = started(tmp_path / "data", OTLP_GRPC=f"127.0.0.1:{grpc}")
    yield running
    assert running.stop() == 0


def test_its_own_calls_are_in_its_own_graph_and_do_not_feed_on_themselves(watched: Server) -> None:
    def node() -> dict[str, object]:
        nodes = watched.get("/api/v1/graph")["nodes"]
        return next((node for node in nodes if node["id"] == "-/meshui"), {})

    assert until(node, "MeshUI among its own services")["kind"] == "service"
    until(lambda: watched.get("/api/v1/status")["ingest"]["points_per_s"], "its metrics too")

    def rate() -> float:
        return float(watched.get("/api/v1/status")["ingest"]["spans_per_s"])

    # A span about each span received would double them with every export, every half second. Five a tick and one a
    # question of ours are far below.
    seen = []
    until(lambda: seen.append(rate()) or len(seen) > 100, "a hundred looks at the rate", within_s=60)
    assert 0 < max(seen) < 100
