"""`meshui bench ingest --metrics`: flushes of many proxies' stats through the real receiver, series read, edges
derived, one viewer; then the same bytes straight into the landing table, as the floor."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from meshui.bench.client import Answers, chunked, send
from meshui.bench.floor import cpu_us
from meshui.bench.flushes import FLUSH_S, Flush, flush, flushes
from meshui.bench.grpc_client import METRICS, send_grpc
from meshui.bench.measure import cost, percentile
from meshui.bench.server import Server, server
from meshui.bench.viewer import Viewer
from telemetry.engine.engine import Signal

PATH = "/v1/metrics"
LEAD_S = 2.0
MAKING_S = 0.0005
"""How long preparing one flush takes at most; their times lie that far ahead."""
SETTLED_S = 120.0


@dataclass(frozen=True, slots=True)
class Ingested:
    """One run. CPU is of the server process: receivers, engine, merges, series read, edges, one viewer.

    `queryable`: all points are stored. `settled`: and no bucket waits to be computed."""

    shape: str
    proxies: int
    points: int
    requests: int
    refused: int
    points_per_request: int
    bytes_per_request: int
    acknowledged_points_per_s: float
    queryable_points_per_s: float
    queryable_after_s: float
    settled_after_s: float
    edges: int
    cores: float
    cpu_us_per_point: float
    ack_p50_ms: float
    ack_p99_ms: float
    generator_behind_s: float
    resident_mib: float
    peak_mib: float
    bytes_per_point: float
    floor_cpu_us_per_point: float | None = None
    ratio_to_floor: float | None = None


@dataclass(frozen=True, slots=True)
class _Load:
    """`bodies` are sent `every_s` apart from `start` on (Unix s)."""

    shape: str
    proxies: Sequence[Flush]
    bodies: Sequence[bytes]
    start: float
    every_s: float
    connections: int

    @property
    def points(self) -> int:
        """Of each body: every proxy has as many."""
        return self.proxies[0].points


def run(*, shape: str, seconds: float, rate: int, connections: int, istio: bool, with_floor: bool) -> Ingested:
    """`rate` in points/s decides how many proxies there are; each flushes every FLUSH_S. `shape`: `envoy-grpc`, as the
    stats sink sends, or `envoy` for OTLP/HTTP."""
    began_ns = time.time_ns()
    points = flush(0, began_ns, istio=istio).points
    proxies = max(1, round(rate * FLUSH_S / points))
    made_of = [flush(number, began_ns - 3600 * 10**9, istio=istio) for number in range(proxies)]
    count, every_s = max(1, int(seconds / FLUSH_S * proxies)), FLUSH_S / proxies
    start = time.time() + LEAD_S + count * MAKING_S
    bodies = list(flushes(made_of, count, int(start * 1e9), int(every_s * 1e9)))
    load = _Load(shape, made_of, bodies, start, every_s, connections)
    with server() as target:
        viewer = Viewer(target.web)
        result = _measured(target, load)
        viewer.close()
    if not with_floor:
        return result
    stamped = ((int((start + number * every_s) * 1e9), body) for number, body in enumerate(bodies))
    floor = cpu_us(Signal.METRICS, "points", stamped)
    return replace(result, floor_cpu_us_per_point=floor, ratio_to_floor=result.cpu_us_per_point / floor)


def _measured(target: Server, load: _Load) -> Ingested:
    time.sleep(max(0.0, load.start - time.time()))
    before, began = cost(target.pid), time.perf_counter()
    answers = asyncio.run(_send(target, load))
    sent_s = time.perf_counter() - began
    requests = len(load.bodies)
    total = (requests - answers.refused) * load.points
    queryable_s = _until(target, began, lambda status: status["engine"]["points"] >= total)
    stored_at = datetime.now(UTC)
    settled_s = _until(target, began, lambda status: _settled(status["lag"], stored_at))
    after = cost(target.pid)
    cpu_s = after.cpu_s - before.cpu_s
    return Ingested(
        shape=load.shape,
        proxies=len(load.proxies),
        points=total,
        requests=requests,
        refused=answers.refused,
        points_per_request=load.points,
        bytes_per_request=len(load.bodies[0]),
        acknowledged_points_per_s=total / sent_s,
        queryable_points_per_s=total / queryable_s,
        queryable_after_s=queryable_s - sent_s,
        settled_after_s=settled_s - sent_s,
        edges=len(target.get("/api/v1/graph")["edges"]),
        cores=cpu_s / settled_s,
        cpu_us_per_point=cpu_s / total * 1e6,
        ack_p50_ms=percentile(answers.seconds, 0.5) * 1000,
        ack_p99_ms=percentile(answers.seconds, 0.99) * 1000,
        generator_behind_s=answers.behind_s,
        resident_mib=after.resident_mib,
        peak_mib=after.peak_mib,
        bytes_per_point=target.get("/api/v1/status")["engine"]["bytes"] / total,
    )


async def _send(target: Server, load: _Load) -> Answers:
    if load.shape == "envoy":
        requests = [chunked(PATH, body) for body in load.bodies]
        return await send(target.otlp_http, requests, load.connections, load.start, load.every_s)
    return await send_grpc(target.otlp_grpc, load.bodies, load.connections, load.start, load.every_s, method=METRICS)


def _settled(lag: dict[str, Any], stored_at: datetime) -> bool:
    """Whether a tick that began after all was stored has left nothing to do."""
    last = lag["last_tick"] and datetime.fromisoformat(lag["last_tick"])
    return bool(last and last > stored_at and not lag["buckets_waiting"])


def _until(target: Server, began: float, done: Callable[[Any], bool]) -> float:
    """Seconds from `began` until the server's status is `done`. Raises RuntimeError after SETTLED_S of waiting, with
    what the server warns of."""
    ends = time.monotonic() + SETTLED_S
    while True:
        status = target.get("/api/v1/status")
        if done(status):
            return time.perf_counter() - began
        if time.monotonic() > ends:
            warned = " ".join(warning["text"] for warning in status["warnings"])
            raise RuntimeError(f"Not all that was sent was computed within {SETTLED_S:.0f} s. {warned}")
        time.sleep(0.1)
