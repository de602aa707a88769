"""Access logs of eight real Envoys alone: edges and nodes say what the callers counted (data/envoy/README.md)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.observed import EdgeRow, Observed
from telemetry.rollup import read
from telemetry.rollup.refresh import refresh
from telemetry.window import Window
from tests.build import load
from tests.recorded import messages, recorded

NAMES = {"gateway": "edge/gateway", "payments": "pay/payments", "mail.example.com": "-/mail.example.com"}


def _id(name: str) -> str:
    return NAMES.get(name, "-/redis" if name == "redis" else f"shop/{name}")


def _truth(*folder: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(recorded("envoy", *folder, "truth.json").read_text())
    return truth


def _phase(name: str) -> dict[str, Any]:
    truth = _truth()
    (phase,) = (phase for phase in truth["phases"] if phase["name"] == name)
    return dict(phase) | {"sent": [row for row in truth["sent"] if row["phase"] == name]}


def _seen(engine: EmbeddedEngine, folder: Path, start_ns: int, end_ns: int, *path: str) -> Observed:
    """What MeshUI says a minute after the records of a time were written."""
    kept = []
    for data in messages(recorded("envoy", *path, "logs.otlp.bin.gz")):
        request = ExportLogsServiceRequest.FromString(data)
        for scopes in (scopes for resource in request.resource_logs for scopes in resource.scope_logs):
            inside = [one for one in scopes.log_records if start_ns <= one.time_unix_nano <= end_ns]
            del scopes.log_records[:]
            scopes.log_records.extend(inside)
        kept.append(request)
    later = datetime.fromtimestamp(end_ns // 10**9, UTC) + timedelta(minutes=1)
    load(engine, folder, *kept, received=later)
    refresh(engine, later, 60)
    return read.window(engine, Window.ending(later, 300))


@pytest.fixture(params=["baseline", "fault", "recovery"])
def observed(request: pytest.FixtureRequest, engine: EmbeddedEngine, tmp_path: Path) -> tuple[dict[str, Any], Observed]:
    phase = _phase(request.param)
    return phase, _seen(engine, tmp_path, phase["start_ns"], phase["end_ns"])


def _edges(seen: Observed) -> dict[tuple[str, str], EdgeRow]:
    return {(edge.source, edge.target): edge for edge in seen.edges}


def test_each_edge_counts_what_its_callers_counted(observed: tuple[dict[str, Any], Observed]) -> None:
    phase, seen = observed
    edges = _edges(seen)
    # Who calls the gateway writes no logs; the gateway's own are of what it calls.
    sent = {(_id(row["source"]), _id(row["target"])): row for row in phase["sent"] if row["source"] != "client"}
    assert set(edges) == set(sent) | {("edge/gateway", "shop/web")}
    for pair, row in sent.items():
        counts = edges[pair].counts
        assert edges[pair].evidence == ("logs",)
        if pair[1] == "-/redis":
            assert (counts.connections, counts.requests, edges[pair].protocol) == (row["total"], 0, "tcp")
            continue
        assert counts.requests == row["total"], row
        assert counts.codes == row["outcomes"], row
        assert sum(counts.latency.values()) == row["total"], row


def test_what_the_fault_did(observed: tuple[dict[str, Any], Observed]) -> None:
    phase, seen = observed
    edges = _edges(seen)
    if phase["name"] != "fault":
        assert sum(edge.counts.failures for edge in seen.edges) == 0
        assert sum(node.counts.failures for node in seen.nodes) == 0
        return
    of = {pair: edge.counts for pair, edge in edges.items()}
    assert {pair: dict(counts.flags) for pair, counts in of.items() if counts.flags} == {
        ("edge/gateway", "shop/web"): {"DC": 15},
        ("shop/web", "shop/cart"): {"URX": 51, "UO": 27},
        ("shop/web", "shop/ads"): {"FI": 15, "DI": 15, "UC": 15, "RL": 14},
        ("shop/web", "-/mail.example.com"): {"UF": 15},
        ("shop/cart", "shop/stock"): {"UO": 32},
        ("shop/cart", "pay/payments"): {"UT": 24, "UH": 104},
        ("shop/ads", "shop/reco"): {"UF": 26},
    }
    assert of["edge/gateway", "shop/web"].cancelled == 15
    assert of["shop/cart", "pay/payments"].cancelled == 0, "a DC below a UT is one timeout"
    assert of["shop/cart", "pay/payments"].failures == 24 + 127
    assert (of["shop/web", "shop/cart"].attempts, of["shop/web", "shop/cart"].retry_success) == (750, 90)
    assert of["shop/ads", "shop/stock"].denied == 15
    assert of["shop/ads", "shop/reco"].failures == 40
    assert of["shop/ads", "shop/reco"].client_errors == 14


def test_mtls_is_of_calls_that_reached_a_host(observed: tuple[dict[str, Any], Observed]) -> None:
    phase, seen = observed
    shares = {pair: (edge.counts.mutual_tls, edge.counts.reached) for pair, edge in _edges(seen).items()}
    arrived = {"baseline": 600, "fault": 674, "recovery": 300}[phase["name"]]
    assert shares["shop/cart", "shop/stock"] == (arrived, arrived)
    if phase["name"] == "fault":
        assert shares["shop/ads", "shop/stock"] == (15, 15)
    assert {mutual for pair, (mutual, _) in shares.items() if pair[1] not in ("shop/stock", "-/mail.example.com")} == {
        0
    }
    identities = {edge.target_identities for edge in seen.edges if edge.target == "shop/stock"}
    assert identities == {("spiffe://mesh.local/ns/shop/sa/stock",)}


def test_nodes_count_what_arrived_and_what_never_did(observed: tuple[dict[str, Any], Observed]) -> None:
    phase, seen = observed
    nodes = {node.id: (node.counts.requests, node.counts.failures, node.counts.cancelled) for node in seen.nodes}
    total = {"baseline": 600, "recovery": 300}.get(phase["name"], 0)
    services = ("shop/web", "shop/cart", "shop/ads", "shop/stock", "shop/reco", "pay/payments")
    if total:
        assert {node: nodes[node] for node in services} == dict.fromkeys(services, (total, 0, 0))
        return
    assert {node: nodes[node] for node in services} == {
        "shop/web": (609, 77, 15),
        "shop/cart": (750, 219, 0),
        # 15 more were aborted by the caller's own proxy: they stay on the edge.
        "shop/ads": (594, 15, 0),
        # 32 overflowed at the caller.
        "shop/stock": (674 + 15 + 32, 32, 0),
        # 26 were never connected; the records of 2 that arrived died with the proxy.
        "shop/reco": (537 + 26, 40, 0),
        # 104 had no healthy host; 24 timed out, whatever its own proxy says.
        "pay/payments": (602 + 104, 23 + 104 + 24, 0),
    }
    versions = {
        share.version: share.requests for node in seen.nodes if node.id == "pay/payments" for share in node.shares
    }
    assert versions == {"v1": 579, "v2": 23 + 104}


@pytest.mark.parametrize("variant", ["names", "operation", "sampled", "full-names", "tls-broken"])
def test_other_configurations_say_the_same(variant: str, engine: EmbeddedEngine, tmp_path: Path) -> None:
    truth = _truth("variants", variant)
    seen = _seen(engine, tmp_path, 0, _end(variant), "variants", variant)
    edges = _edges(seen)
    for row in _sent(truth):
        # No record names stock's namespace where its proxy wrote none.
        unheard = variant == "tls-broken" and row["target"] == "stock"
        counts = edges[_id(row["source"]), "-/stock.shop" if unheard else _id(row["target"])].counts
        made = counts.connections if row["target"] == "redis" else counts.requests
        assert made == row["total"], row
        assert row["target"] == "redis" or counts.codes == row["outcomes"], row


def test_builtin_labels_name_proxies_without_a_namespace(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """Names in other forms (`stock.shop`, `payments.pay.svc…`) are told by who answered."""
    truth = _truth("variants", "bare-names")
    edges = _edges(_seen(engine, tmp_path, 0, _end("bare-names"), "variants", "bare-names"))
    for row in _sent(truth):
        assert ("-/unknown", f"-/{row['target']}") not in edges
        counts = edges[f"-/{row['source']}", f"-/{row['target']}"].counts
        assert (counts.connections if row["target"] == "redis" else counts.requests) == row["total"], row


def test_without_any_identity_only_the_called_is_known(engine: EmbeddedEngine, tmp_path: Path) -> None:
    truth = _truth("variants", "spawn")
    seen = _seen(engine, tmp_path, 0, _end("spawn"), "variants", "spawn")
    assert {edge.source for edge in seen.edges} == {"-/unknown"}
    requests = {edge.target: edge.counts.requests or edge.counts.connections for edge in seen.edges}
    sent: dict[str, float] = {}
    for row in _sent(truth):
        # Nobody is known whose namespace could complete a name.
        target = {"payments": "pay/payments", "stock": "-/stock.shop"}.get(row["target"], f"-/{row['target']}")
        sent[target] = sent.get(target, 0) + row["total"]
    assert {target: requests[target] for target in sent} == sent


def _sent(truth: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in truth["sent"] if row["source"] != "client"]


def _end(variant: str) -> int:
    """The newest record's time."""
    found = (
        int(record.time_unix_nano)
        for data in messages(recorded("envoy", "variants", variant, "logs.otlp.bin.gz"))
        for resource in ExportLogsServiceRequest.FromString(data).resource_logs
        for scopes in resource.scope_logs
        for record in scopes.log_records
    )
    return max(found)
