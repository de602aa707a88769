"""Shifting moves every time of a record by one amount and nothing else."""

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from meshui.replay.record import LOGS, METRICS, TRACES, ZIPKIN, Record
from meshui.replay.shift import shift

NS = 1_700_000_000_000_000_000
AMOUNTS = st.integers(-(10**17), 10**17)


def traces() -> Record:
    message = ExportTraceServiceRequest()
    span = message.resource_spans.add().scope_spans.add().spans.add(start_time_unix_nano=NS, end_time_unix_nano=NS + 9)
    span.events.add(time_unix_nano=NS + 3)
    return Record(TRACES, message)


@given(AMOUNTS)
def test_spans_and_their_events(by_ns: int) -> None:
    record = traces()
    shift(record, by_ns)
    assert record.times() == (NS + by_ns, NS + 9 + by_ns)
    assert record.message.resource_spans[0].scope_spans[0].spans[0].events[0].time_unix_nano == NS + 3 + by_ns


@given(AMOUNTS)
def test_there_and_back_is_nothing(by_ns: int) -> None:
    record = traces()
    shift(record, by_ns)
    shift(record, -by_ns)
    assert record == traces()


def test_points_of_every_kind_with_envoys_start_in_microseconds() -> None:
    message = ExportMetricsServiceRequest()
    metrics = message.resource_metrics.add().scope_metrics.add().metrics
    for kind in ("gauge", "sum", "histogram", "exponential_histogram", "summary"):
        getattr(metrics.add(name=kind), kind).data_points.add(time_unix_nano=NS)
    total = metrics[1].sum.data_points[0]
    total.start_time_unix_nano = NS // 1000
    total.exemplars.add(time_unix_nano=NS)
    record = Record(METRICS, message)
    shift(record, 5_000_000)
    assert record.count() == 5
    assert record.times() == (NS + 5_000_000, NS + 5_000_000)
    assert total.start_time_unix_nano == NS // 1000 + 5_000
    assert total.exemplars[0].time_unix_nano == NS + 5_000_000
    assert metrics[0].gauge.data_points[0].start_time_unix_nano == 0


def test_logs_with_and_without_a_time_of_their_own() -> None:
    message = ExportLogsServiceRequest()
    logs = message.resource_logs.add().scope_logs.add().log_records
    logs.add(time_unix_nano=NS, observed_time_unix_nano=NS + 7)
    logs.add(observed_time_unix_nano=NS + 5)
    record = Record(LOGS, message)
    shift(record, 1000)
    assert record.times() == (NS + 1000, NS + 1005)
    assert [log.time_unix_nano for log in logs] == [NS + 1000, 0]
    assert [log.observed_time_unix_nano for log in logs] == [NS + 1007, NS + 1005]


def test_zipkin_in_microseconds_and_spans_without_time() -> None:
    spans = [
        {"timestamp": 10**15, "duration": 5, "annotations": [{"timestamp": 10**15 + 1, "value": "x"}]},
        {"id": "1"},
    ]
    record = Record(ZIPKIN, spans)
    shift(record, 3_000_000)
    assert record.times() == (10**18 + 3_000_000, 10**18 + 3_005_000)
    assert spans[0]["annotations"] == [{"timestamp": 10**15 + 3001, "value": "x"}]
    assert spans[1] == {"id": "1"}
