"""The running demo against real receivers: gRPC and HTTP, one that comes late, and the words it says."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from meshui.demo.run import Options, run
from meshui.demo.sending import KEPT_SPANS, Outbox, exporters, speaks_http
from tests.meshui.demo import made
from tests.meshui.demo.receivers import Answer, Point, Received, grpc_receiver, http_receiver
from tests.waiting import until

REPO = Path(__file__).parents[3]


class Running:
    """The demo in a thread, and what it said."""

    def __init__(self, options: Options) -> None:
        self.said: list[str] = []
        self.sent = -1
        self.stop = Event()
        self.thread = Thread(target=self._run, args=(options,))
        self.thread.start()

    def _run(self, options: Options) -> None:
        self.sent = run(options, self.stop, self.said.append)

    def end(self) -> int:
        self.stop.set()
        self.thread.join()
        return self.sent


def live(received: Received, since_ns: int) -> bool:
    return any(span.start_time_unix_nano > since_ns for _, span in received.spans())


def newest(received: Received) -> dict[tuple[str, str, frozenset[tuple[str, str]]], Point]:
    """The last point of each series."""
    return {
        (each.resource["k8s.pod.uid"], each.metric.name, frozenset(each.labels.items())): each
        for each in received.points()
    }


def test_history_then_live_spans_over_grpc_and_all_that_it_counts_arrived() -> None:
    began = time.time_ns()
    with grpc_receiver() as received:
        demo = Running(Options(endpoint=received.endpoint, scenario="plaintext-edge", token="secret"))
        until(lambda: live(received, began), "a span that began after the start")
        until(received.logs, "an announcement")
        until(lambda: any(each.data.time_unix_nano > began for each in received.points()), "a scrape after the start")
        sent = demo.end()
        assert sent == len(received.spans()) == len({(s.trace_id, s.span_id) for _, s in received.spans()})
        assert min(span.start_time_unix_nano for _, span in received.spans()) < began - 50e9
        assert max(span.end_time_unix_nano for _, span in received.spans()) <= time.time_ns()
        assert {headers["authorization"] for _, headers, _ in received.posts} == {"Bearer secret"}
        (log, *_) = received.logs()
        assert log.body.string_value == "plaintext-edge: reco calls ranker without mutual TLS."
        assert {each.key: each.value.string_value for each in log.attributes} == {
            "event.name": "meshui.demo.scenario",
            "meshui.demo.scenario": "plaintext-edge",
        }
        assert min(each.data.time_unix_nano for each in received.points()) < began - 50e9
        assert all(each.data.start_time_unix_nano < each.data.time_unix_nano for each in received.points())
        scopes = {s.scope.name for r in received.of("/v1/logs") for each in r.resource_logs for s in each.scope_logs}
        assert scopes == {"meshui.demo"}


def test_over_http_with_the_command_line_and_its_duration() -> None:
    with http_receiver() as received:
        command = [sys.executable, "-m", "meshui.demo", "--endpoint", received.endpoint]
        command += ["--rate", "10", "--duration", "1", "--scenario", "steady", "--sample", "1"]
        environ = {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "MESHUI_TOKEN": "secret"}
        done = subprocess.run(command, env=environ, cwd=REPO, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.splitlines()[-1] == f"demo: {len(received.spans()):,} spans sent."
        assert len(received.spans()) > 1000
        counted = sum(
            each.data.as_double
            for each in newest(received).values()
            if each.metric.name == "istio_requests_total" and each.labels["reporter"] == "destination"
        )
        # What a proxy has counted may be of a trace that has not ended, so that its spans were not sent.
        assert counted >= sum(span.name == "ingress" and bool(span.parent_span_id) for _, span in received.spans()) > 0
        assert {headers["authorization"] for _, headers, _ in received.posts} == {"Bearer secret"}
        assert done.stderr == ""


def test_it_waits_for_an_endpoint_that_is_away_says_so_once_and_goes_on() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    demo = Running(Options(endpoint=f"http://127.0.0.1:{port}", rate=5))
    until(lambda: len(demo.said) >= 3, "a sentence about the endpoint")
    with grpc_receiver(port) as received:
        until(received.spans, "spans once the endpoint is there")
        until(lambda: len(demo.said) >= 4, "a sentence that it answers")
        demo.end()
    away = [text for text in demo.said if "trying again" in text]
    back = [text for text in demo.said if "takes spans again" in text]
    assert len(away) == len(back) == 1
    assert "UNAVAILABLE" in away[0]


def test_what_was_refused_is_sent_again_and_what_is_too_much_is_dropped_and_said() -> None:
    said: list[str] = []
    with http_receiver() as received:
        spans = made.spans("steady", seconds=2)
        from opentelemetry.exporter.otlp.proto.http import _log_exporter, metric_exporter, trace_exporter

        outbox = Outbox(
            trace_exporter.OTLPSpanExporter(endpoint=f"{received.endpoint}/v1/traces", timeout=3),
            _log_exporter.OTLPLogExporter(endpoint=f"{received.endpoint}/v1/logs"),
            metric_exporter.OTLPMetricExporter(endpoint=f"{received.endpoint}/v1/metrics"),
            received.endpoint,
            said.append,
        )
        received.answers = [Answer(500)]
        outbox.add(spans)
        outbox.send()
        assert outbox.sent == 0
        assert outbox.wait_s > 0
        outbox.add(spans * (KEPT_SPANS // len(spans)))
        outbox.send()
        assert outbox.sent == KEPT_SPANS
        assert outbox.wait_s == 0
        dropped = len(spans) * (KEPT_SPANS // len(spans) + 1) - KEPT_SPANS
        assert f"{dropped:,} spans were dropped meanwhile" in said[1]
        outbox.close()


@pytest.mark.parametrize(
    ("endpoint", "protocol", "http"),
    [
        pytest.param("http://127.0.0.1:4317", "", False, id="gRPC's customary port"),
        pytest.param("http://127.0.0.1:4318", "", True, id="HTTP's customary port"),
        pytest.param("https://mesh.example:14318", "", True, id="one that ends like it"),
        pytest.param("http://collector", "", False, id="no port"),
        pytest.param("http://127.0.0.1:4318", "grpc", False, id="the environment wins"),
        pytest.param("http://127.0.0.1:9000", "http/protobuf", True, id="the environment wins, other way"),
    ],
)
def test_which_protocol(endpoint: str, protocol: str, http: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
    assert speaks_http(endpoint) is http
    made = exporters(endpoint, "")
    assert [".http." in type(each).__module__ for each in made] == [http] * 3
    for each in made:
        each.shutdown()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--mesh", "envoy", "--scenario", "slow-database"], "it has steady, bad-deploy", id="the SDKs'"),
        pytest.param(["--scenario", "fault-abort"], "it has steady, bad-deploy", id="the Envoys'"),
        pytest.param(["--mesh", "envoy", "--endpoint", "http://127.0.0.1:4318"], "over gRPC", id="Envoys and HTTP"),
        pytest.param(["--sample", "0"], "no share of traces", id="no trace at all"),
        pytest.param(["--mesh", "envoy", "--sample", "0.5"], "trace every request", id="Envoys trace all"),
        pytest.param(["--rate", "0"], "not between 0 and 10,000", id="no rate"),
        pytest.param(["--duration", "soon"], "no duration", id="no duration"),
        pytest.param(["--scenario", "doom"], "invalid choice", id="no such scenario"),
    ],
)
def test_what_it_refuses_it_refuses_in_a_sentence(arguments: list[str], words: str) -> None:
    command = [sys.executable, "-m", "meshui.demo", *arguments]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
