"""Out through the OpenTelemetry SDK's own OTLP exporters. When nobody answers: keep some, wait, say so once, go on."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from os import environ
from urllib.parse import urlsplit

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData, ResourceMetrics
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from meshui.demo.scenario import Scenario

BATCH_SPANS = 1000
KEPT_SPANS = 20_000
BATCH_PROXIES = 8
KEPT_SCRAPES = 500
_TIMEOUT_S = 3.0
_LONGEST_WAIT_S = 5.0
_EVENT = "meshui.demo.scenario"
_ANNOUNCER = Resource({"service.name": "meshui-demo"})
_SCOPE = InstrumentationScope("meshui.demo")


def speaks_http(endpoint: str) -> bool:
    """OTEL_EXPORTER_OTLP_PROTOCOL decides; without it OTLP/HTTP's customary port does. gRPC is the default."""
    protocol = environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "")
    if protocol:
        return protocol.startswith("http")
    return str(urlsplit(endpoint).port or "").endswith("4318")


def exporters(endpoint: str, token: str) -> tuple[SpanExporter, LogRecordExporter, MetricExporter]:
    """The SDK's exporters for `endpoint`, with a bearer `token` unless it is empty."""
    headers = {"authorization": f"Bearer {token}"} if token else None
    if speaks_http(endpoint):
        from opentelemetry.exporter.otlp.proto.http import _log_exporter as http_logs
        from opentelemetry.exporter.otlp.proto.http import metric_exporter as http_metrics
        from opentelemetry.exporter.otlp.proto.http import trace_exporter as http_traces

        base = endpoint.rstrip("/")
        return (
            http_traces.OTLPSpanExporter(endpoint=f"{base}/v1/traces", headers=headers, timeout=_TIMEOUT_S),
            http_logs.OTLPLogExporter(endpoint=f"{base}/v1/logs", headers=headers, timeout=_TIMEOUT_S),
            http_metrics.OTLPMetricExporter(endpoint=f"{base}/v1/metrics", headers=headers, timeout=_TIMEOUT_S),
        )
    from opentelemetry.exporter.otlp.proto.grpc import _log_exporter as grpc_logs
    from opentelemetry.exporter.otlp.proto.grpc import metric_exporter as grpc_metrics
    from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc_traces

    return (
        grpc_traces.OTLPSpanExporter(endpoint=endpoint, headers=headers, timeout=_TIMEOUT_S),
        grpc_logs.OTLPLogExporter(endpoint=endpoint, headers=headers, timeout=_TIMEOUT_S),
        grpc_metrics.OTLPMetricExporter(endpoint=endpoint, headers=headers, timeout=_TIMEOUT_S),
    )


class _LastWord(logging.Handler):
    """Keeps what the exporters last complained of; their result says only that they failed."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


class Outbox:
    """Spans and scrapes on their way. Keeps the newest KEPT_SPANS and KEPT_SCRAPES while the endpoint is away.

    Counters lose nothing by that: the next scrape says all that the dropped ones did."""

    def __init__(
        self,
        spans: SpanExporter,
        logs: LogRecordExporter,
        metrics: MetricExporter,
        endpoint: str,
        say: Callable[[str], None],
    ) -> None:
        self._spans, self._logs, self._metrics, self._endpoint, self._say = spans, logs, metrics, endpoint, say
        self._waiting: deque[ReadableSpan] = deque(maxlen=KEPT_SPANS)
        self._scrapes: deque[ResourceMetrics] = deque(maxlen=KEPT_SCRAPES)
        self._away = 0
        self._dropped = 0
        self.sent = 0
        self._last_word = _LastWord()
        logger = logging.getLogger("opentelemetry.exporter")
        logger.addHandler(self._last_word)
        logger.propagate = False

    @property
    def wait_s(self) -> float:
        """How long to leave the endpoint alone before the next try; 0 while it answers."""
        return min(_LONGEST_WAIT_S, 0.5 * 2 ** (self._away - 1)) if self._away else 0.0

    def add(self, spans: Sequence[ReadableSpan]) -> None:
        self._dropped += max(0, len(self._waiting) + len(spans) - KEPT_SPANS)
        self._waiting.extend(spans)

    def add_scraped(self, scrapes: Sequence[ResourceMetrics]) -> None:
        self._scrapes.extend(scrapes)

    def send(self) -> None:
        """One try for all that waits; what was not taken stays."""
        if self._send_spans():
            self._send_scrapes()

    def _send_scrapes(self) -> None:
        while self._scrapes:
            batch = [self._scrapes.popleft() for _ in range(min(BATCH_PROXIES, len(self._scrapes)))]
            if self._metrics.export(MetricsData(batch)) is not MetricExportResult.SUCCESS:
                self._scrapes.extendleft(reversed(batch))
                self._failed()
                return
            self._answered()

    def _send_spans(self) -> bool:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH_SPANS, len(self._waiting)))]
            if self._spans.export(batch) is not SpanExportResult.SUCCESS:
                self._waiting.extendleft(reversed(batch))
                self._failed()
                return False
            self.sent += len(batch)
            self._answered()
        return True

    def announce(self, scenario: Scenario, at_ns: int) -> bool:
        """Tell the endpoint which scenario runs, by a log record like any other; answers whether it took it."""
        record = LogRecord(
            timestamp=at_ns,
            observed_timestamp=at_ns,
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            body=f"{scenario.name}: {scenario.sentence}",
            attributes={"event.name": _EVENT, _EVENT: scenario.name},
            event_name=_EVENT,
        )
        result = self._logs.export([ReadableLogRecord(record, _ANNOUNCER, _SCOPE)])
        if result is not LogRecordExportResult.SUCCESS:
            self._failed()
            return False
        self._answered()
        return True

    def close(self) -> None:
        self._spans.shutdown()
        self._logs.shutdown()  # type: ignore[no-untyped-call]  # the SDK left it without types
        self._metrics.shutdown()

    def _failed(self) -> None:
        if not self._away:
            self._say(f"{self._endpoint} does not take the demo's spans; trying again. It said: {self._last_word.text}")
        self._away += 1

    def _answered(self) -> None:
        if self._away:
            lost = f"; {self._dropped:,} spans were dropped meanwhile" if self._dropped else ""
            self._say(f"{self._endpoint} takes spans again{lost}.")
        self._away = self._dropped = 0
