"""Prepared flushes are what a stats sink sends: about 300 points, one Metric each, that go on from flush to flush."""

from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from meshui.bench.flushes import BEFORE, BOUNDS, REQUESTS, flush, flushes

AT_NS = 1_795_000_000_000_000_000
STARTED_NS = AT_NS - 3600 * 10**9
STEP_NS = 10**9


def metrics(body: bytes) -> list[Metric]:
    (resource,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
    (scope,) = resource.scope_metrics
    return list(scope.metrics)


def point(metric: Metric) -> Any:
    (only,) = getattr(metric, str(metric.WhichOneof("data"))).data_points
    return only


@pytest.mark.parametrize("istio", [False, True])
def test_a_flush_is_one_metric_a_point_in_the_sinks_form(istio: bool) -> None:
    made = flush(7, STARTED_NS, istio=istio)
    sent = metrics(made.body(1, AT_NS))
    assert made.points == len(sent)
    assert 250 < len(sent) < 350
    assert any(metric.name == "istiocustom.istio_requests_total" for metric in sent) is istio
    for metric in sent:
        each = point(metric)
        assert each.time_unix_nano == AT_NS
        if not metric.HasField("gauge"):
            assert each.start_time_unix_nano == STARTED_NS // 1000
        if metric.HasField("histogram"):
            (whole,) = metric.histogram.data_points
            assert tuple(whole.explicit_bounds) == BOUNDS
            assert whole.count == sum(whole.bucket_counts) > 0
    series = {
        (metric.name, str(sorted(each.key + each.value.string_value for each in point(metric).attributes)))
        for metric in sent
    }
    assert len(series) == len(sent)


def test_counters_go_on_by_what_each_flush_adds() -> None:
    made = [flush(number, STARTED_NS, istio=True) for number in (0, 1)]
    bodies = list(flushes(made, 6, AT_NS, STEP_NS))
    for proxy in (0, 1):
        told = [metrics(body) for body in bodies[proxy::2]]
        for number, sent in enumerate(told, start=1):
            for metric in sent:
                each = point(metric)
                assert each.time_unix_nano == AT_NS + (2 * (number - 1) + proxy) * STEP_NS
                if metric.name == "cluster.upstream_rq_completed":
                    assert each.as_int == REQUESTS * (BEFORE + number)
                if metric.name == "cluster.upstream_rq_time":
                    assert each.count == REQUESTS * (BEFORE + number)
                    assert each.sum == 6 * each.count
    codes = [
        metric.sum.data_points[0].as_int
        for metric in metrics(bodies[0])
        if metric.name == "cluster.upstream_rq"
        and metric.sum.data_points[0].attributes[0].value.string_value == "local_app"
    ]
    assert sum(codes) == REQUESTS * (BEFORE + 1)


def test_proxies_differ_in_who_they_are() -> None:
    bodies = [flush(number, STARTED_NS, istio=False).body(1, AT_NS) for number in (0, 1, 50)]
    names = [
        {each.key: each.value.string_value for each in request.resource_metrics[0].resource.attributes}
        for request in map(ExportMetricsServiceRequest.FromString, bodies)
    ]
    assert [each["service.name"] for each in names] == ["service-0", "service-1", "service-0"]
    assert len({each["service.instance.id"] for each in names}) == 3
