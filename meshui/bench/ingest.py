"""`meshui bench ingest`: prepared batches through the real receiver, edges derived, one viewer; then the same bytes
straight into the landing table, as the floor."""

import asyncio
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from meshui.bench.bodies import Template, prepared
from meshui.bench.client import Answers, chunked, send, with_length
from meshui.bench.grpc_client import send_grpc
from meshui.bench.measure import cost, percentile
from meshui.bench.server import Server, server
from meshui.bench.viewer import Viewer

PATH = "/v1/traces"
SPANS = 500
ENVOY_SPANS = 5
QUERYABLE_S = 120.0
SEGMENT_BYTES = 14 * 2**20
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


def run(*, shape: str, seconds: float, rate: int, connections: int, with_floor: bool) -> Ingest:
    """`rate` in spans/s, 0 for as fast as it goes (then `seconds` says how much is prepared, at 100,000 spans/s)."""
    if shape == "sdk":
        return _sdk(seconds, rate, connections, with_floor)
    return _envoy(shape, seconds, rate, connections)


def _sdk(seconds: float, rate: int, connections: int, with_floor: bool) -> Ingest:
    planned = rate or 100_000
    count, every_s = max(1, int(seconds * planned / SPANS)), SPANS / planned
    with server() as target:
        viewer = Viewer(target.web)
        # Bodies are made before they are sent, so their times lie as far ahead as making them takes.
        start = time.time() + LEAD_S + count * 0.006  # noqa: TID251  a client has a clock
        bodies = list(prepared(count, SPANS, int(start * 1e9), int(every_s * 1e9), seed=7))
        requests = [with_length(PATH, body) for body in bodies]
        result = _measured(target, "sdk", requests, SPANS, connections, start, every_s if rate else 0.0)
        viewer.close()
    if not with_floor:
        return result
    floor = _floor(bodies)
    return Ingest(
        **{
            **asdict(result),
            "floor_cpu_us_per_span": floor,
            "ratio_to_floor": result.cpu_us_per_span / floor,
        }
    )


def _envoy(shape: str, seconds: float, rate: int, connections: int) -> Ingest:
    per_s = (rate or 15_000) // ENVOY_SPANS
    count, every_s = int(seconds * per_s), 1 / per_s
    with server() as target:
        viewer = Viewer(target.web)
        start = time.time() + LEAD_S + count * 0.0002  # noqa: TID251  a client has a clock
        import random

        rng = random.Random(7)
        templates = [Template(ENVOY_SPANS, first) for first in range(0, 48, 3)]
        bodies = [templates[n % len(templates)].body(rng, int((start + n * every_s) * 1e9)) for n in range(count)]
        pace = every_s if rate else 0.0
        if shape == "envoy-grpc":
            result = _measured(target, shape, bodies, ENVOY_SPANS, connections, start, pace)
        else:
            requests = [chunked(PATH, body) for body in bodies]
            result = _measured(target, shape, requests, ENVOY_SPANS, connections, start, pace)
        viewer.close()
    return result


def _measured(
    target: Server, shape: str, requests: Sequence[bytes], spans: int, connections: int, start: float, every_s: float
) -> Ingest:
    time.sleep(max(0.0, start - time.time()))  # noqa: TID251  a client has a clock
    before, began = cost(target.pid), time.perf_counter()
    answers = _send(target, shape, requests, connections, start, every_s)
    sent_s = time.perf_counter() - began
    total = len(requests) * spans - answers.refused * spans
    _until_queryable(target, total)
    queryable_s = time.perf_counter() - began
    after = cost(target.pid)
    cpu_s = after.cpu_s - before.cpu_s
    stored = target.get("/api/v1/status")["engine"]
    return Ingest(
        shape=shape,
        spans=total,
        requests=len(requests),
        refused=answers.refused,
        acknowledged_spans_per_s=total / sent_s,
        requests_per_s=len(requests) / sent_s,
        queryable_spans_per_s=total / queryable_s,
        queryable_after_s=queryable_s - sent_s,
        cores=cpu_s / queryable_s,
        cpu_us_per_span=cpu_s / total * 1e6,
        cpu_us_per_request=cpu_s / len(requests) * 1e6,
        ack_p50_ms=percentile(answers.seconds, 0.5) * 1000,
        ack_p99_ms=percentile(answers.seconds, 0.99) * 1000,
        generator_behind_s=answers.behind_s,
        resident_mib=after.resident_mib,
        peak_mib=after.peak_mib,
        bytes_per_span=stored["bytes"] / max(1, stored["spans"]),
    )


def _send(
    target: Server, shape: str, requests: Sequence[bytes], connections: int, start: float, every_s: float
) -> Answers:
    if shape == "envoy-grpc":
        return asyncio.run(send_grpc(target.otlp_grpc, requests, connections, start, every_s))
    return asyncio.run(send(target.otlp_http, requests, connections, start, every_s))


def _until_queryable(target: Server, spans: int) -> None:
    ends = time.monotonic() + QUERYABLE_S
    while time.monotonic() < ends:
        if target.get("/api/v1/status")["engine"]["spans"] >= spans:
            return
        time.sleep(0.05)
    raise RuntimeError(f"not all of {spans} spans were queryable within {QUERYABLE_S:.0f} s")


def _floor(bodies: Sequence[bytes]) -> float:
    """CPU µs a span of the engine alone, over segments as large as the spool seals them."""
    directory = Path(tempfile.mkdtemp(prefix="meshui-floor-"))
    try:
        segments = _segments(directory, bodies)
        command = [sys.executable, "-m", "meshui.bench.floor", str(directory / "engine"), *map(str, segments)]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return float(answer["cpu_s"] / answer["spans"] * 1e6)


def _segments(directory: Path, bodies: Sequence[bytes]) -> list[Path]:
    from telemetry.spool.segment import framed

    paths: list[Path] = []
    held: list[bytes] = []
    for number, body in enumerate(bodies):
        held.append(framed(gzip.decompress(body)))
        if sum(map(len, held)) >= SEGMENT_BYTES or number == len(bodies) - 1:
            paths.append(directory / f"{len(paths)}.bin")
            paths[-1].write_bytes(b"".join(held))
            held = []
    return paths
