"""`meshui bench ingest`: prepared batches through the real receiver, edges derived, one viewer; then the same bytes
straight into the landing table, as the floor."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from meshui.bench.bodies import compressed, prepared, templates
from meshui.bench.client import Answers, chunked, send, with_length
from meshui.bench.floor import cpu_us
from meshui.bench.grpc_client import send_grpc
from meshui.bench.measure import cost, percentile
from meshui.bench.server import Server, server
from meshui.bench.viewer import Viewer
from telemetry.engine.engine import Signal

PATH = "/v1/traces"
SPANS = 500
ENVOY_SPANS = 5
QUERYABLE_S = 120.0
LEAD_S = 1.0


@dataclass(frozen=True, slots=True)
class Ingest:
    """One run. CPU is of the server process: receivers, engine, merges, edges, one viewer."""

    shape: str
    spans: int
    requests: int
    refused: int
    acknowledged_spans_per_s: float
    requests_per_s: float
    queryable_spans_per_s: float
    queryable_after_s: float
    cores: float
    cpu_us_per_span: float
    cpu_us_per_request: float
    ack_p50_ms: float
    ack_p99_ms: float
    generator_behind_s: float
    resident_mib: float
    peak_mib: float
    bytes_per_span: float
    floor_cpu_us_per_span: float | None = None
    ratio_to_floor: float | None = None


@dataclass(frozen=True, slots=True)
class _Load:
    """What is sent: `requests` of `spans` spans each, `every_s` apart from `start` on (Unix s), at once if 0."""

    shape: str
    requests: Sequence[bytes]
    spans: int
    connections: int
    start: float
    every_s: float


def run(*, shape: str, seconds: float, rate: int, connections: int, with_floor: bool) -> Ingest:
    """`rate` in spans/s, 0 for as fast as it goes (then `seconds` says how much is prepared)."""
    spans = SPANS if shape == "sdk" else ENVOY_SPANS
    planned = rate or (150_000 if shape == "sdk" else 30_000)
    count, every_s = max(1, int(seconds * planned / spans)), spans / planned
    made_of = templates(spans)
    # Bodies are made before they are sent, so their times lie as far ahead as making them takes.
    start = time.time() + LEAD_S + count * (0.006 if shape == "sdk" else 0.0002)
    bodies = list(prepared(made_of, count, int(start * 1e9), int(every_s * 1e9), seed=7))
    requests = [_request(shape, body) for body in bodies]
    load = _Load(shape, requests, spans, connections, start, every_s if rate else 0.0)
    with server() as target:
        viewer = Viewer(target.web)
        result = _measured(target, load)
        viewer.close()
    if not with_floor or shape != "sdk":
        return result
    stamped = ((int((start + number * every_s) * 1e9), body) for number, body in enumerate(bodies))
    floor = cpu_us(Signal.TRACES, "spans", stamped)
    return replace(result, floor_cpu_us_per_span=floor, ratio_to_floor=result.cpu_us_per_span / floor)


def _request(shape: str, body: bytes) -> bytes:
    if shape == "sdk":
        return with_length(PATH, compressed(body))
    return chunked(PATH, body) if shape == "envoy" else body


def _measured(target: Server, load: _Load) -> Ingest:
    time.sleep(max(0.0, load.start - time.time()))
    before, began = cost(target.pid), time.perf_counter()
    answers = _send(target, load)
    sent_s = time.perf_counter() - began
    requests = len(load.requests)
    total = (requests - answers.refused) * load.spans
    _until_queryable(target, total)
    queryable_s = time.perf_counter() - began
    after = cost(target.pid)
    cpu_s = after.cpu_s - before.cpu_s
    stored = target.get("/api/v1/status")["engine"]
    return Ingest(
        shape=load.shape,
        spans=total,
        requests=requests,
        refused=answers.refused,
        acknowledged_spans_per_s=total / sent_s,
        requests_per_s=requests / sent_s,
        queryable_spans_per_s=total / queryable_s,
        queryable_after_s=queryable_s - sent_s,
        cores=cpu_s / queryable_s,
        cpu_us_per_span=cpu_s / total * 1e6,
        cpu_us_per_request=cpu_s / requests * 1e6,
        ack_p50_ms=percentile(answers.seconds, 0.5) * 1000,
        ack_p99_ms=percentile(answers.seconds, 0.99) * 1000,
        generator_behind_s=answers.behind_s,
        resident_mib=after.resident_mib,
        peak_mib=after.peak_mib,
        bytes_per_span=stored["bytes"] / max(1, stored["spans"]),
    )


def _send(target: Server, load: _Load) -> Answers:
    if load.shape == "envoy-grpc":
        return asyncio.run(send_grpc(target.otlp_grpc, load.requests, load.connections, load.start, load.every_s))
    return asyncio.run(send(target.otlp_http, load.requests, load.connections, load.start, load.every_s))


def _until_queryable(target: Server, spans: int) -> None:
    ends = time.monotonic() + QUERYABLE_S
    while time.monotonic() < ends:
        if target.get("/api/v1/status")["engine"]["spans"] >= spans:
            return
        time.sleep(0.05)
    raise RuntimeError(f"not all of {spans} spans were queryable within {QUERYABLE_S:.0f} s")
