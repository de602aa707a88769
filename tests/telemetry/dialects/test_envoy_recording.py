"""Eight real Envoys under known faults, from their statistics alone: what each caller counted (data/envoy/README.md),
within what statistics can know (envoy-real.md §4.3)."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from telemetry.engine.embedded import EmbeddedEngine
from tests.build import load
from tests.recorded import messages, recorded
from tests.telemetry.dialects.telling import Understood, understand

_IDS = {"gateway": "edge/gateway", "payments": "pay/payments", "mail.example.com": "mail.example.com"}
# Called by a raw name: only who knows the services can tell its namespace.
_RAW = {"web": "web", "cart": "cart", "ads": "ads", "reco": "reco", "stock": "stock.shop", "redis": "redis"}
_NS = 1_000_000_000


def _requests(*names: str) -> list[tuple[ExportMetricsServiceRequest, str]]:
    """The recorded requests with the connection each came over."""
    lines = map(json.loads, gzip.decompress(recorded("envoy", *names, "requests.jsonl.gz").read_bytes()).splitlines())
    peers = [line["peer"] for line in lines if line["signal"] == "metrics"]
    bodies = messages(recorded("envoy", *names, "metrics.otlp.bin.gz"))
    return [(ExportMetricsServiceRequest.FromString(body), peer) for body, peer in zip(bodies, peers, strict=True)]


def _times(request: ExportMetricsServiceRequest) -> Iterator[int]:
    for resource in request.resource_metrics:
        for metric in (metric for scope in resource.scope_metrics for metric in scope.metrics):
            yield from (p.time_unix_nano for p in metric.sum.data_points)


def _understood(engine: EmbeddedEngine, folder: Path, *names: str) -> Understood:
    requests = _requests(*names)
    times = [time for request, _ in requests for time in _times(request)]
    end = datetime.fromtimestamp(max(times) // _NS, UTC)
    for peer in {peer for _, peer in requests}:
        load(engine, folder, *(request for request, its in requests if its == peer), received=end, peer=peer)
    since = datetime.fromtimestamp(min(times) // _NS // 10 * 10 - 10, UTC)
    return understand(engine, since, (end - since) // timedelta(seconds=10) * 10 + 10)


def _truth(*names: str) -> dict[tuple[str, str], dict[str, int]]:
    """What callers counted over all phases, by edge and outcome."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in json.loads(recorded("envoy", *names, "truth.json").read_text())["sent"]:
        edge = found.setdefault((row["source"], row["target"]), {})
        for outcome, n in row["outcomes"].items():
            edge[outcome] = edge.get(outcome, 0) + n
    return found


def _rounded(codes: dict[str, float]) -> dict[str, int]:
    return {code: round(n) for code, n in codes.items() if round(n)}


def _caller(name: str) -> str:
    return _IDS.get(name, f"shop/{name}")


@pytest.fixture
def heard(engine: EmbeddedEngine, tmp_path: Path) -> Understood:
    return _understood(engine, tmp_path)


def test_edges_end_as_their_callers_counted(heard: Understood) -> None:
    truth = _truth()
    for (source, target), outcomes in truth.items():
        if source == "client" or target == "redis":
            continue
        expected: dict[str, Any] = dict(outcomes)
        if (source, target) == ("web", "ads"):
            # 15 requests that web's own fault filter aborted reached no cluster.
            expected["503"] -= 15
        if (source, target) == ("ads", "reco"):
            # No counter has a status of gRPC; what the proxy answered itself is 503 to it.
            expected = {"200": outcomes["grpc:0"] + outcomes["grpc:14"] + outcomes["grpc:5"] - 26, "503": 26}
        called = _IDS.get(target) or _RAW[target]
        assert _rounded(heard.one("client", _caller(source), called).codes) == expected, (source, target)
    # The callers that gave up after 0.25 s got no answer that a cluster counts.
    gone = truth["client", "gateway"]["gone"]
    entered = {code: n for code, n in truth["client", "gateway"].items() if code in ("200", "503")}
    assert _rounded(heard.one("client", "edge/gateway", "web").codes) == entered
    assert round(heard.one("server", "", "edge/gateway").classes["cancelled"]) == gone


def test_every_pair_is_one_of_the_topology(heard: Understood) -> None:
    sent = {(_caller(s), _IDS.get(t) or _RAW[t]) for s, t in _truth() if s != "client"} | {("edge/gateway", "web")}
    assert heard.pairs("client") | heard.pairs("client", tcp=True) == sent
    assert heard.pairs("client", tcp=True) == {("shop/cart", "redis")}


def test_flags_retries_tls_versions_and_limits(heard: Understood) -> None:
    stock = heard.one("client", "shop/cart", "stock.shop")
    payments = heard.one("client", "shop/cart", "pay/payments")
    cart = heard.one("client", "shop/web", "cart")
    assert _rounded(stock.flags) == {"UO": 32}
    assert _rounded(payments.flags) == {"UT": 24, "UH": 104}
    assert _rounded(cart.flags) == {"URX": 51, "UO": 27}
    assert _rounded(heard.one("client", "shop/ads", "reco").flags) == {"UF": 26}
    assert _rounded(heard.one("client", "shop/web", "mail.example.com").flags) == {"UF": 15}
    assert (round(cart.total("attempts")), round(cart.total("retry_success"))) == (1509 + 141, 90)
    assert _rounded(payments.by("version")) == {"v1": 471 + 233 + 579, "v2": 129 + 67 + 23 + 104}
    assert round(stock.total("mutual_tls")) == round(stock.total("reached")) == 1606 - 32
    assert (cart.total("mutual_tls"), round(cart.total("reached"))) == (0, 1509)
    use = {row["saturation"] for row in stock.rows if row["saturation"] is not None}
    assert (min(use), max(use)) == (0, 1)
    assert max(row["ejected"] for row in payments.rows if row["ejected"] is not None) == 1
    assert round(heard.one("client", "shop/cart", "redis", tcp=True).total("connections")) == 1606


def test_nodes_are_what_arrived_and_what_their_proxies_refused(heard: Understood) -> None:
    received: dict[str, dict[str, int]] = {}
    for row in json.loads(recorded("envoy", "truth.json").read_text())["received"]:
        node = received.setdefault(row["service"], {})
        for outcome, n in row["outcomes"].items():
            node[outcome] = node.get(outcome, 0) + n
    stock = heard.one("server", "", "shop/stock")
    assert _rounded(stock.codes) == received["stock"] | {"403": 15}
    assert round(stock.classes["denied"]) == 15
    assert _rounded(heard.one("server", "", "shop/cart").codes) == received["cart"]
    # 15 that the application dropped are 503 to its proxy, 14 it refused itself.
    assert _rounded(heard.one("server", "", "shop/ads").codes) == {"200": received["ads"]["200"], "503": 15, "429": 14}
    # Their callers had given up by then: an answer to nobody.
    payments = heard.one("server", "", "pay/payments")
    assert _rounded(payments.codes) == {"200": received["payments"]["200"] - 24, "503": 23, "": 24}
    assert _rounded(payments.flags) == {"DC": 24}
    assert _rounded(heard.one("server", "", "edge/gateway").flags) == {"NR": 15, "DC": 15}


@pytest.mark.parametrize("name", ["conversions", "tagged-full-names", "sampled", "operation"])
def test_variants_say_the_same_of_an_edge_in_their_own_spelling(
    engine: EmbeddedEngine, tmp_path: Path, name: str
) -> None:
    heard = _understood(engine, tmp_path, "variants", name)
    truth = _truth("variants", name)
    # k8s.cluster.name is set in one of them.
    caller = ("lab:" if name == "conversions" else "") + "shop/"
    for target, called in (("cart", "cart"), ("mail.example.com", "mail.example.com")):
        assert _rounded(heard.one("client", f"{caller}web", called).codes) == truth["web", target], target
    for source, target, called in (("cart", "payments", "pay/payments"), ("ads", "stock", "stock.shop")):
        assert _rounded(heard.one("client", caller + source, called).codes) == truth[source, target], target
    assert heard.one("client", f"{caller}cart", "redis", tcp=True).total("connections") > 0
    if name == "operation":
        assert _rounded(heard.one("client", f"{caller}ads", "reco").codes) == truth["ads", "reco"]
