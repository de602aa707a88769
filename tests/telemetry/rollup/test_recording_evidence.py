"""Eight real Envoys by their statistics alone, and by spans, logs and statistics together: each call counts once
(data/envoy/README.md). Logs alone: test_records_recording.py; spans alone: test_recording.py."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.observed import EdgeRow, NodeRow, Observed
from telemetry.rollup import read
from telemetry.rollup.refresh import refresh
from telemetry.window import Window
from tests.build import load
from tests.recorded import messages, recorded

_REQUESTS: dict[str, Any] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
_NAMES = {
    "gateway": "edge/gateway",
    "payments": "pay/payments",
    "mail.example.com": "-/mail.example.com",
    "redis": "-/redis",
}
# What no cluster's counter knows (envoy-real.md §4.3): aborts of the fault filter, and the codes of gRPC but for UF.
_ABORTED = {("shop/web", "shop/ads"): 15}
Pair = tuple[str, str]


def _id(name: str) -> str:
    return _NAMES.get(name, f"shop/{name}")


@pytest.fixture(scope="module")
def truth() -> dict[Pair, dict[str, int]]:
    """By caller and called, how many calls ended how, over the whole recording."""
    found: dict[Pair, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in json.loads(recorded("envoy", "truth.json").read_text())["sent"]:
        for outcome, n in row["outcomes"].items():
            found[_id(row["source"]), _id(row["target"])][outcome] += n
    return found


def _seen(engine: EmbeddedEngine, folder: Path, *signals: str) -> Observed:
    phases = json.loads(recorded("envoy", "truth.json").read_text())["phases"]
    end = datetime.fromtimestamp(phases[-1]["end_ns"] // 10**9, UTC) + timedelta(minutes=1)
    for signal in signals:
        sent = messages(recorded("envoy", f"{signal}.otlp.bin.gz"))
        load(engine, folder, *map(_REQUESTS[signal].FromString, sent), received=end)
    refresh(engine, end, 60)
    return read.window(engine, Window.ending(end, 300))


def _edges(seen: Observed) -> dict[Pair, EdgeRow]:
    return {(edge.source, edge.target): edge for edge in seen.edges}


def _nodes(seen: Observed) -> dict[str, NodeRow]:
    return {node.id: node for node in seen.nodes}


def _codes(edge: EdgeRow) -> dict[str, float]:
    return {code: round(n, 6) for code, n in edge.counts.codes.items()}


def test_statistics_alone(engine: EmbeddedEngine, tmp_path: Path, truth: dict[Pair, dict[str, int]]) -> None:
    seen = _seen(engine, tmp_path, "metrics")
    edges, nodes = _edges(seen), _nodes(seen)
    calls = {pair: outcomes for pair, outcomes in truth.items() if pair[0] != "shop/client"}
    # Of the calls of the gateway the README has none: 1,509 less the 15 whose client left.
    assert edges.pop(("edge/gateway", "shop/web")).counts.requests == pytest.approx(1494)
    assert set(edges) == set(calls)
    assert all(edge.evidence == ("stats",) for edge in edges.values())
    for pair, outcomes in calls.items():
        if pair == ("shop/cart", "-/redis"):
            assert edges[pair].protocol == "tcp"
            assert edges[pair].counts.connections == pytest.approx(outcomes["ok"])
            continue
        counted = sum(outcomes.values()) - _ABORTED.get(pair, 0)
        assert edges[pair].counts.requests == pytest.approx(counted), pair
        if pair != ("shop/ads", "shop/reco"):
            aborted = {"503": outcomes["503"] - _ABORTED[pair]} if pair in _ABORTED else {}
            assert _codes(edges[pair]) == outcomes | aborted, pair
    assert edges["shop/web", "shop/cart"].counts.attempts == pytest.approx(1509 + 141)
    assert nodes["edge/gateway"].counts.requests == pytest.approx(1524)
    assert nodes["shop/cart"].counts.requests == pytest.approx(1650)
    stock = edges["shop/cart", "shop/stock"].counts
    assert stock.mutual_tls == pytest.approx(stock.reached or 0)
    assert {flag: round(n) for flag, n in edges["shop/cart", "pay/payments"].counts.flags.items()} == {
        "UH": 104,
        "UT": 24,
    }


def test_all_together_count_once(engine: EmbeddedEngine, tmp_path: Path, truth: dict[Pair, dict[str, int]]) -> None:
    seen = _seen(engine, tmp_path, "traces", "logs", "metrics")
    edges, nodes = _edges(seen), _nodes(seen)
    assert edges.pop(("edge/gateway", "shop/web")).counts.requests == 1509
    calls = {pair: outcomes for pair, outcomes in truth.items() if pair[0] != "shop/client"}
    assert set(edges) == set(calls)
    for pair, outcomes in calls.items():
        counts = edges[pair].counts
        if pair == ("shop/cart", "-/redis"):
            assert counts.connections == outcomes["ok"]
            continue
        assert counts.requests == sum(outcomes.values()), pair
        assert counts.codes == outcomes, pair
        assert edges[pair].evidence == ("logs", "stats", "spans")
    assert nodes["edge/gateway"].kind == "gateway"
    assert nodes["edge/gateway"].counts.requests == 1524
    assert nodes["shop/cart"].counts.requests == 1650
    assert edges["shop/web", "shop/cart"].counts.attempts == 1650
    assert {share.version: share.requests for share in nodes["pay/payments"].shares} == {"v1": 1283, "v2": 323}
    assert edges["shop/ads", "shop/stock"].counts.denied == 15
