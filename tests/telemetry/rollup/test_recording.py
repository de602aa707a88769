"""Eight real Envoys and four SDKs under known faults: edges say what the callers counted (data/envoy/README.md)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.observed import Observed
from telemetry.rollup import read
from telemetry.rollup.refresh import refresh
from telemetry.window import Window
from tests.build import load
from tests.recorded import messages, recorded

# What spans cannot know: redis is called over TCP; who calls the gateway sends none. 4 server spans of reco's proxy
# were lost with it in the fault: its app's spans then have nobody above, and ads' calls look unanswered.
_WITHOUT_SPANS = {("cart", "redis"), ("client", "gateway")}
_LOST = {"fault": 4}
_NAMES = {"gateway": "edge/gateway", "payments": "pay/payments", "mail.example.com": "-/mail.example.com"}


def _id(name: str) -> str:
    return _NAMES.get(name, f"shop/{name}")


def _phase(name: str) -> dict[str, Any]:
    truth = json.loads(recorded("envoy", "truth.json").read_text())
    (phase,) = (phase for phase in truth["phases"] if phase["name"] == name)
    return phase | {"sent": [row for row in truth["sent"] if row["phase"] == name]}


def _within(phase: dict[str, Any]) -> list[ExportTraceServiceRequest]:
    """The recording's spans that start in a phase. Nothing is in flight between phases."""
    kept = []
    for data in messages(recorded("envoy", "traces.otlp.bin.gz")):
        request = ExportTraceServiceRequest.FromString(data)
        for scopes in (scopes for resource in request.resource_spans for scopes in resource.scope_spans):
            inside = [s for s in scopes.spans if phase["start_ns"] <= s.start_time_unix_nano <= phase["end_ns"]]
            del scopes.spans[:]
            scopes.spans.extend(inside)
        kept.append(request)
    return kept


@pytest.fixture(params=["baseline", "fault", "recovery"])
def observed(request: pytest.FixtureRequest, engine: EmbeddedEngine, tmp_path: Path) -> tuple[dict[str, Any], Observed]:
    """A phase, and what MeshUI saw of it some minutes later."""
    phase = _phase(request.param)
    later = datetime.fromtimestamp(phase["end_ns"] // 10**9, UTC) + timedelta(minutes=1)
    load(engine, tmp_path, *_within(phase), received=later)
    refresh(engine, later, 60)
    return phase, read.window(engine, Window.ending(later, 300))


def test_each_call_counts_once_and_ends_as_its_caller_saw_it(observed: tuple[dict[str, Any], Observed]) -> None:
    phase, seen = observed
    edges = {(edge.source, edge.target): edge for edge in seen.edges}
    for row in phase["sent"]:
        if (row["source"], row["target"]) in _WITHOUT_SPANS:
            continue
        counts = edges[_id(row["source"]), _id(row["target"])].counts
        assert counts.requests == row["total"], row
        assert counts.codes == row["outcomes"], row


def test_every_edge_and_node_is_one_of_the_topology(observed: tuple[dict[str, Any], Observed]) -> None:
    phase, seen = observed
    called = {(_id(row["source"]), _id(row["target"])) for row in phase["sent"]} - {
        (_id(source), _id(target)) for source, target in _WITHOUT_SPANS
    }
    lost = {("-/unknown", "shop/reco")} if phase["name"] in _LOST else set()
    assert {(edge.source, edge.target) for edge in seen.edges} == called | {("edge/gateway", "shop/web")} | lost
    assert sum(edge.counts.requests for edge in seen.edges if edge.source == "-/unknown") == _LOST.get(phase["name"], 0)
    kinds = {node.id: node.kind for node in seen.nodes}
    assert kinds["edge/gateway"] == "gateway"
    assert kinds["shop/web"] == "service"
    assert kinds.get("-/mail.example.com", "external") == "external"


def test_entries_retries_faults_and_mtls_of_the_fault(observed: tuple[dict[str, Any], Observed]) -> None:
    phase, seen = observed
    nodes = {node.id: node.counts for node in seen.nodes}
    (entries,) = (row["total"] for row in phase["sent"] if row["target"] == "gateway")
    assert nodes["edge/gateway"].requests == entries
    if phase["name"] != "fault":
        assert sum(edge.counts.failures for edge in seen.edges) == 0
        return
    edges = {
        edge.target: edge.counts for edge in seen.edges if edge.source != "-/unknown" and edge.target != "shop/stock"
    }
    stock = {edge.source: edge.counts for edge in seen.edges if edge.target == "shop/stock"}
    assert edges["shop/web"].requests == 609
    assert edges["shop/web"].cancelled == 15
    assert nodes["edge/gateway"].client_errors == 15
    assert edges["shop/cart"].attempts == 750
    assert edges["shop/cart"].flags == {"URX": 51, "UO": 27}
    assert edges["shop/ads"].flags == {"FI": 15, "DI": 15, "UC": 15, "RL": 14}
    assert edges["shop/ads"].client_errors == 14
    assert edges["-/mail.example.com"].flags == {"UF": 15}
    assert edges["pay/payments"].flags == {"UT": 24, "UH": 104}
    assert edges["pay/payments"].cancelled == 0
    assert edges["pay/payments"].failures == 24 + 127
    assert edges["shop/reco"].flags == {"UF": 26}
    assert edges["shop/reco"].failures == 40
    assert edges["shop/reco"].client_errors == 14
    assert stock["shop/cart"].flags == {"UO": 32}
    assert stock["shop/ads"].denied == 15
    assert stock["shop/ads"].mutual_tls == stock["shop/ads"].reached == 15
    assert stock["shop/cart"].mutual_tls == stock["shop/cart"].reached == 674
    assert edges["shop/web"].mutual_tls is None
