"""MeshUI's own spans and metrics, through the OpenTelemetry SDK; off unless OTEL_EXPORTER_OTLP_ENDPOINT is set.

Spans are made of what the clock and people start (ticks, pages, calls of the API), never of what arrives: so sending
them to this very server makes a constant few spans a second, and never spans about spans."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, Observation

from meshui import __version__
from telemetry import counters

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.trace.export import SpanExporter

Stop = Callable[[], None]
_ENDPOINTS = tuple(f"OTEL_EXPORTER_OTLP_{which}ENDPOINT" for which in ("", "TRACES_", "METRICS_"))

tracer = trace.get_tracer("meshui", __version__)


def wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether an endpoint is named."""
    return any(environ.get(name) for name in _ENDPOINTS) and environ.get("OTEL_SDK_DISABLED") != "true"


def start(environ: Mapping[str, str] = os.environ) -> Stop | None:
    """Send from now on, as the SDK's own variables say; None, and no cost, if no endpoint is named."""
    if not wanted(environ):
        return None
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create(
        {"service.name": environ.get("OTEL_SERVICE_NAME", "meshui"), "service.version": __version__}
    )
    spans = TracerProvider(resource=resource)
    span_exporter, metric_exporter = _exporters(environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"))
    spans.add_span_processor(BatchSpanProcessor(span_exporter))
    points = MeterProvider([PeriodicExportingMetricReader(metric_exporter)], resource)
    trace.set_tracer_provider(spans)
    metrics.set_meter_provider(points)
    _observe(points.get_meter("meshui", __version__))

    def stop() -> None:
        spans.shutdown()
        points.shutdown()

    return stop


def _exporters(protocol: str) -> "tuple[SpanExporter, MetricExporter]":
    if protocol.startswith("http"):
        from opentelemetry.exporter.otlp.proto.http import metric_exporter as http_metrics
        from opentelemetry.exporter.otlp.proto.http import trace_exporter as http_traces

        return http_traces.OTLPSpanExporter(), http_metrics.OTLPMetricExporter()
    from opentelemetry.exporter.otlp.proto.grpc import metric_exporter as grpc_metrics
    from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc_traces

    return grpc_traces.OTLPSpanExporter(), grpc_metrics.OTLPMetricExporter()


def _observe(meter: metrics.Meter) -> None:
    """One instrument for each row of telemetry/counters.py that is a number."""
    for metric in counters.table():
        if isinstance(metric, counters.Counter):
            meter.create_observable_counter(metric.name, [_reader(metric.value)], metric.unit, metric.sentence)
        elif isinstance(metric, counters.Gauge):
            meter.create_observable_gauge(metric.name, [_reader(metric.value)], metric.unit, metric.sentence)


def _reader(value: Callable[[], float]) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def read(_options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value())]

    return read
