"""The demo's proxies count every request as Istio's do, whatever share of traces is sampled."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind

from meshui.demo.istio_metrics import BOUNDS, INTERVAL_S
from meshui.demo.mesh import SHOP
from meshui.demo.sampling import head
from meshui.demo.scenarios import SCENARIOS
from meshui.demo.stream import HISTORY_S, Stream
from meshui.demo.timeline import only
from tests.meshui.demo import made

SECONDS, DRAIN = 20, 60


def stream(scenario: str, sample: float = 1.0) -> Stream:
    return Stream(SHOP, 7, made.ORIGIN_NS, 40.0, only(SCENARIOS[scenario]), sample=sample)


def points(scrapes: list[ResourceMetrics], *names: str) -> Iterator[tuple[str, dict[str, str], Any]]:
    """(pod, labels, point) of metrics as they go over the wire."""
    for resource in encode_metrics(MetricsData(scrapes)).resource_metrics:
        pod = next(each.value.string_value for each in resource.resource.attributes if each.key == "k8s.pod.name")
        for metric in resource.scope_metrics[0].metrics:
            if metric.name in names:
                for point in (*metric.sum.data_points, *metric.histogram.data_points):
                    yield pod, {each.key: each.value.string_value for each in point.attributes}, point


Told = Counter[tuple[str, ...]]


def counted(scrapes: list[ResourceMetrics], reporter: str) -> Told:
    """Requests by (pod, called host, code, gRPC status, flags)."""
    told: Told = Counter()
    for pod, labels, point in points(scrapes, "istio_requests_total"):
        if labels["reporter"] == reporter:
            grpc = labels.get("grpc_response_status", "")
            service = labels["destination_service"]
            key = (pod, service, labels["response_code"], grpc, labels["response_flags"])
            told[key] += int(point.as_double)
    return told


def seen(spans: list[ReadableSpan], name: str) -> Told:
    """The same of proxies' spans that ended within SECONDS, whose name begins with `name`."""
    told: Told = Counter()
    for span in made.proxies(spans):
        ended_s = ((span.end_time or 0) - made.ORIGIN_NS) / 1e9
        attributes = {key: str(value) for key, value in (span.attributes or {}).items()}
        if not span.name.startswith(name) or "node_id" not in attributes or ended_s > SECONDS:
            continue
        host = attributes.get("upstream_cluster", "unknown").split("|")[-1]
        if not host:
            who = span.resource.attributes
            host = ".".join((str(who["service.name"]), str(who["service.namespace"]), "svc.cluster.local"))
        status, pod = attributes["http.status_code"], str(span.resource.attributes["k8s.pod.name"])
        told[pod, host, status, attributes.get("grpc.status_code", ""), attributes["response_flags"]] += 1
    return told


@pytest.mark.parametrize("scenario", list(SCENARIOS))
def test_each_request_is_counted_once_a_side_as_its_spans_say_it_ended(scenario: str) -> None:
    flow = stream(scenario)
    spans = flow.until(SECONDS)
    scrapes = flow.scraped(every=True)
    # What had not ended by then leaves later, with spans that had.
    spans += flow.until(SECONDS + DRAIN)
    gateway = Counter({key: n for key, n in seen(spans, "ingress").items() if key[0].startswith("ingress-gateway")})
    assert counted(scrapes, "destination") == seen(spans, "ingress") - gateway
    assert counted(scrapes, "source") == seen(spans, "egress") + gateway


def test_the_share_of_traces_changes_no_count_and_keeps_traces_whole() -> None:
    whole, tenth = stream("cascading-timeouts"), stream("cascading-timeouts", 0.1)
    all_spans, sampled = whole.until(SECONDS), tenth.until(SECONDS)
    assert encode_metrics(MetricsData(whole.scraped())) == encode_metrics(MetricsData(tenth.scraped()))
    kept = {span.context.trace_id for span in sampled}
    same = [span.context.span_id for span in all_spans if span.context.trace_id in kept]
    assert [span.context.span_id for span in sampled] == same
    traces = len({span.context.trace_id for span in all_spans})
    assert 0.07 < len(kept) / traces < 0.13


@pytest.mark.parametrize(
    ("share", "said"),
    [
        pytest.param(1.0, "th:0", id="all"),
        pytest.param(0.5, "th:8", id="half"),
        pytest.param(0.25, "th:c", id="a quarter"),
        pytest.param(0.1, "th:e6666666666666", id="a tenth"),
    ],
)
def test_every_span_says_the_threshold_its_trace_had_to_reach(share: float, said: str) -> None:
    spans = stream("steady", share).until(0)
    assert {span.context.trace_state.get("ot") for span in spans} == {said}
    threshold = int(said.removeprefix("th:").ljust(14, "0"), 16)
    assert all(span.context.trace_id % 2**56 >= threshold for span in spans)
    assert 2**56 / (2**56 - threshold) == pytest.approx(1 / share, rel=1e-12)
    assert not head(share).takes(0) or share == 1


def test_labels_say_who_as_istio_does() -> None:
    flow = stream("bad-deploy")
    flow.until(SECONDS)
    calls = [labels for _, labels, _ in points(flow.scraped(every=True), "istio_requests_total")]
    assert {each["source_cluster"] for each in calls} == {"Kubernetes"}
    answered = next(
        each
        for each in calls
        if each["reporter"] == "destination"
        and each["destination_workload"] == "cart-v2"
        and each["source_app"] == "web"
    )
    assert answered | {
        "source_workload": "web-v1", "source_workload_namespace": "shop", "source_canonical_service": "web",
        "source_principal": "spiffe://cluster.local/ns/shop/sa/web", "source_canonical_revision": "v1",
        "destination_principal": "spiffe://cluster.local/ns/shop/sa/cart", "destination_canonical_revision": "v2",
        "destination_service": "cart.shop.svc.cluster.local", "destination_service_name": "cart",
        "destination_service_namespace": "shop", "destination_version": "v2", "request_protocol": "http",
        "connection_security_policy": "mutual_tls",
    } == answered  # fmt: skip
    assert "grpc_response_status" not in answered
    nobody = next(each for each in calls if each["response_flags"] == "UH" and each["source_app"] == "web")
    assert (nobody["destination_workload"], nobody["destination_service_name"]) == ("unknown", "cart")
    assert nobody["destination_principal"] == nobody["source_principal"] == "unknown"
    assert {each["connection_security_policy"] for each in calls if each["reporter"] == "source"} == {"unknown"}
    assert {each["grpc_response_status"] for each in calls if each["request_protocol"] == "grpc"} >= {"0"}


def test_plaintext_shows_at_the_called_side_only_and_without_names() -> None:
    flow = stream("plaintext-edge")
    flow.until(0)
    steady = Counter(_policies(flow.scraped(every=True)))
    flow.until(SECONDS)
    later = Counter(_policies(flow.scraped(every=True)))
    assert {policy for *_, policy in steady} == {"mutual_tls"}
    assert set(later) - set(steady) == {("reco", "ranker", "unknown", "none")}


def _policies(scrapes: list[ResourceMetrics]) -> Iterator[tuple[str, str, str, str]]:
    for _, labels, _ in points(scrapes, "istio_requests_total"):
        if labels["reporter"] == "destination":
            known = "known" if labels["source_principal"].startswith("spiffe://") else labels["source_principal"]
            policy = labels["connection_security_policy"]
            yield labels["source_app"], labels["destination_app"], known, policy


def test_stores_are_connections_and_bytes_of_their_callers() -> None:
    flow = stream("steady")
    spans = flow.until(SECONDS)
    queries = Counter(
        str(span.resource.attributes["k8s.pod.name"])
        for span in spans
        if span.kind is SpanKind.CLIENT and {"db.system", "db.system.name"} & set(span.attributes or {})
    )
    scrapes = flow.scraped(every=True)
    names = ("istio_tcp_connections_opened_total", "istio_tcp_connections_closed_total")
    opened = Counter({pod: int(point.as_double) for pod, _, point in points(scrapes, names[0])})
    closed = Counter({pod: int(point.as_double) for pod, _, point in points(scrapes, names[1])})
    assert opened.keys() == queries.keys()
    assert closed.total() > 0
    assert all(opened[pod] - closed[pod] == 1 for pod in opened)
    for pod, labels, point in points(scrapes, "istio_tcp_sent_bytes_total"):
        assert (labels["reporter"], labels["request_protocol"]) == ("source", "tcp")
        assert "response_code" not in labels
        assert point.as_double >= 1000 * queries[pod]


def test_histograms_are_envoys_and_their_counts_add_up() -> None:
    flow = stream("slow-database")
    flow.until(SECONDS)
    scrapes = flow.scraped(every=True)
    requests = {
        (pod, frozenset(labels.items())): n.as_double for pod, labels, n in points(scrapes, "istio_requests_total")
    }
    for name in ("istio_request_duration_milliseconds", "istio_request_bytes", "istio_response_bytes"):
        told = {(pod, frozenset(labels.items())): point for pod, labels, point in points(scrapes, name)}
        assert told.keys() == requests.keys()
        for key, point in told.items():
            assert tuple(point.explicit_bounds) == BOUNDS
            assert point.count == sum(point.bucket_counts) == requests[key]
            assert not point.HasField("min")
            lowest = sum(n * low for n, low in zip(point.bucket_counts, (0, *BOUNDS), strict=True))
            assert lowest <= point.sum


def test_each_proxy_is_scraped_every_interval_at_its_own_time() -> None:
    flow = stream("steady")
    times: dict[str, list[int]] = {}
    for beat in range(round(-2 * HISTORY_S), 61):
        flow.until(beat / 2)
        for pod, _, point in points(flow.scraped(), "istio_requests_total"):
            if point.time_unix_nano not in times.setdefault(pod, []):
                times[pod].append(point.time_unix_nano)
    assert len(times) > 20
    assert len({each[-1] for each in times.values()}) == INTERVAL_S * 2
    for each in times.values():
        assert {later - earlier for earlier, later in pairwise(each)} == {INTERVAL_S * 10**9}


def test_another_run_is_of_other_pods_to_whoever_keeps_its_series() -> None:
    uids = set()
    for origin_ns in (made.ORIGIN_NS, made.ORIGIN_NS + 10**9):
        flow = Stream(SHOP, 7, origin_ns, 40.0, only(SCENARIOS["steady"]))
        flow.until(0)
        uids |= {str(each.resource.attributes["k8s.pod.uid"]) for each in flow.scraped(every=True)}
    assert len(uids) == 2 * len(flow.scraped(every=True))
