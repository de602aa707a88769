"""`meshui bench live`: from a span sent to its node changed in an open WebSocket, under load."""

import asyncio
import threading
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from meshui.bench.bodies import compressed, prepared, templates
from meshui.bench.client import send, with_length
from meshui.bench.ingest import PATH, SPANS
from meshui.bench.measure import cost, percentile
from meshui.bench.server import Server, server
from meshui.bench.viewer import Viewer

EVERY_S = 0.37  # against the beat of the tick, so that probes meet it at every phase
WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Live:
    """Seconds from the moment a probe span is sent to the push that shows its node."""

    spans_per_s: int
    probes: int
    lost: int
    p50_s: float
    p95_s: float
    worst_s: float
    cores: float


class _Watch:
    """When each probe's node was first pushed."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}

    def __call__(self, message: dict[str, Any], at: float) -> None:
        nodes = message["graph"]["nodes"] if message["type"] == "snapshot" else message["nodes"]["upsert"]
        for node in nodes:
            self.seen.setdefault(node["id"], at)


def run(*, rate: int, seconds: float) -> Live:
    """Probes beside a load of `rate` spans/s for `seconds`."""
    watch = _Watch()
    with server() as target:
        viewer = Viewer(target.web, watch)
        every_s = SPANS / rate
        count = int(seconds / every_s)
        made_of = templates(SPANS)
        start = time.time() + 1 + count * 0.006
        bodies = prepared(made_of, count, int(start * 1e9), int(every_s * 1e9), seed=7)
        requests = [with_length(PATH, compressed(body)) for body in bodies]
        load = threading.Thread(target=lambda: asyncio.run(send(target.otlp_http, requests, 8, start, every_s)))
        time.sleep(max(0.0, start - time.time()))
        before = cost(target.pid)
        load.start()
        sent = _probe(target, seconds)
        load.join()
        cores = (cost(target.pid).cpu_s - before.cpu_s) / seconds
        ends = time.monotonic() + WAIT_S
        while time.monotonic() < ends and not sent.keys() <= watch.seen.keys():
            time.sleep(0.05)
        viewer.close()
    took = [watch.seen[node] - at for node, at in sent.items() if node in watch.seen]
    return Live(
        spans_per_s=rate,
        probes=len(sent),
        lost=len(sent) - len(took),
        p50_s=percentile(took, 0.5),
        p95_s=percentile(took, 0.95),
        worst_s=max(took, default=0.0),
        cores=cores,
    )


def _probe(target: Server, seconds: float) -> dict[str, float]:
    """A span of a new service every EVERY_S; when each was sent."""
    sent: dict[str, float] = {}
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        name, at = f"probe-{len(sent)}", time.time()
        sent[f"probes/{name}"] = at
        _send_span(target.otlp_http, name, int(at * 1e9))
        time.sleep(EVERY_S)
    return sent


def _send_span(port: int, service: str, at_ns: int) -> None:
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(
        KeyValue(key=key, value=AnyValue(string_value=value))
        for key, value in {"service.name": service, "service.namespace": "probes"}.items()
    )
    span = resource_spans.scope_spans.add().spans.add()
    span.trace_id, span.span_id = at_ns.to_bytes(16, "big"), at_ns.to_bytes(8, "big")
    span.name, span.kind = "GET /probe", Span.SPAN_KIND_SERVER
    span.start_time_unix_nano, span.end_time_unix_nano = at_ns - 1_000_000, at_ns
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{PATH}", request.SerializeToString(), {"Content-Type": "application/x-protobuf"}
    )
    urllib.request.urlopen(asked, timeout=10).close()
