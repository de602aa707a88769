"""What MeshUI makes of the demo: exact traffic beside a sample of traces, and about right from that sample alone."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics
from opentelemetry.sdk.trace import ReadableSpan

from meshui.demo.mesh import SHOP
from meshui.demo.scenarios import SCENARIOS
from meshui.demo.sending import BATCH_PROXIES
from meshui.demo.stream import HISTORY_S, Stream
from meshui.demo.timeline import only
from telemetry.engine.embedded import EmbeddedEngine
from telemetry.observed import EdgeRow
from telemetry.rollup import read
from telemetry.rollup.refresh import refresh
from telemetry.window import Window
from tests.build import T0, load, unix_ns
from tests.meshui.demo.test_metrics import points

SECONDS = 60
Pair = tuple[str, str]


class Ran:
    """A minute of bad deployment after a minute of history: what went out, and what was truly done."""

    def __init__(self) -> None:
        flow = Stream(SHOP, 7, unix_ns(T0), 40.0, only(SCENARIOS["bad-deploy"]), sample=0.1)
        self.spans: list[ReadableSpan] = []
        self.scrapes: list[ResourceMetrics] = []
        for beat in range(round(-2 * HISTORY_S), 2 * SECONDS):
            self.spans += flow.until(beat / 2)
            self.scrapes += flow.scraped()
        self.spans += flow.until(SECONDS)
        last = flow.scraped(every=True)
        self.scrapes += last
        self.requests: Counter[Pair] = Counter()
        self.failed: Counter[Pair] = Counter()
        self.asked = 0
        for _, labels, point in points(last, "istio_requests_total"):
            pair = (_caller(labels), _called(labels))
            if (labels["reporter"], pair[0]) == ("source", "edge/ingress-gateway"):
                self.asked += int(point.as_double)
            if pair[1] == "unknown/unknown":
                continue  # no route: the gateway's alone
            # Only the called one counts the gateway's checks of who a user is.
            if labels["reporter"] == ("destination" if pair == ("edge/ingress-gateway", "platform/auth") else "source"):
                self.requests[pair] += int(point.as_double)
                self.failed[pair] += int(point.as_double) * _is_failure(labels)


def _caller(labels: dict[str, str]) -> str:
    return f"{labels['source_workload_namespace']}/{labels['source_app']}"


def _called(labels: dict[str, str]) -> str:
    name = labels["destination_service_name"]
    return f"-/{name}" if "." in name else f"{labels['destination_service_namespace']}/{name}"


def _is_failure(labels: dict[str, str]) -> bool:
    if labels["response_code"] == "0":
        return False
    return int(labels["response_code"]) >= 500 or labels.get("grpc_response_status") in {"2", "4", "13", "14"}


@pytest.fixture(scope="module")
def ran() -> Ran:
    return Ran()


def seen(engine: EmbeddedEngine) -> tuple[dict[Pair, EdgeRow], dict[str, float]]:
    """Edges, and requests of nodes."""
    at = T0 + timedelta(seconds=SECONDS)
    refresh(engine, at + timedelta(seconds=20), 60.0)
    observed = read.window(engine, Window.ending(at, 120))
    edges = {(each.source, each.target): each for each in observed.edges}
    return edges, {each.id: each.counts.requests for each in observed.nodes}


def test_every_request_counts_once_and_traces_are_a_sample(engine: EmbeddedEngine, tmp_path: Path, ran: Ran) -> None:
    received = T0 + timedelta(seconds=SECONDS)
    load(engine, tmp_path, encode_spans(ran.spans), received=received)
    batches = [ran.scrapes[at : at + BATCH_PROXIES] for at in range(0, len(ran.scrapes), BATCH_PROXIES)]
    load(engine, tmp_path, *(encode_metrics(MetricsData(each)) for each in batches), received=received)
    edges, nodes = seen(engine)
    for pair, requests in ran.requests.items():
        assert edges[pair].counts.requests == pytest.approx(requests), pair
        assert edges[pair].counts.failures == pytest.approx(ran.failed[pair]), pair
        assert edges[pair].evidence == ("metrics", "spans"), pair
    assert ran.failed["shop/web", "shop/cart"] > 20
    assert nodes["edge/ingress-gateway"] == pytest.approx(ran.asked)
    unpaired = {pair for pair, edge in edges.items() if edge.counts.requests and pair not in ran.requests}
    queue = "-/kafka%2Forders.placed"
    queues = {("shop/orders", queue), (queue, "platform/mail")}
    stores = {pair for pair in unpaired if pair[1].endswith(("-db", "-redis"))}
    assert len(stores) == 6
    assert all(edges[pair].counts.bytes_in for pair in stores)
    assert unpaired - stores - {("-/unknown", "edge/ingress-gateway")} == queues


def test_spans_alone_are_right_on_the_whole(engine: EmbeddedEngine, tmp_path: Path, ran: Ran) -> None:
    load(engine, tmp_path, encode_spans(ran.spans), received=T0 + timedelta(seconds=SECONDS))
    edges, _ = seen(engine)
    busy = [pair for pair, requests in ran.requests.items() if requests > 500]
    assert len(busy) > 5
    for pair in busy:
        assert edges[pair].counts.requests == pytest.approx(ran.requests[pair], rel=0.35), pair
    told = sum(edges[pair].counts.requests for pair in busy)
    assert told == pytest.approx(sum(ran.requests[pair] for pair in busy), rel=0.15)
