"""The same load over gRPC: raw bytes, one channel a connection."""

import asyncio
import time
from collections.abc import Sequence

import grpc

from meshui.bench.client import Answers

TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"


async def send_grpc(
    port: int, requests: Sequence[bytes], connections: int, start: float, every_s: float, *, method: str = TRACES
) -> Answers:
    """As client.send."""
    answers = Answers()
    todo = iter(enumerate(requests))

    async def worker() -> None:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", [("grpc.use_local_subchannel_pool", 1)]) as channel:
            export = channel.unary_unary(method)
            for number, request in todo:
                late = time.time() - start - number * every_s
                if late < 0:
                    await asyncio.sleep(-late)
                elif every_s:
                    answers.behind_s = max(answers.behind_s, late)
                began = time.perf_counter()
                try:
                    await export(request)
                except grpc.aio.AioRpcError:
                    answers.refused += 1
                answers.seconds.append(time.perf_counter() - began)

    await asyncio.gather(*(worker() for _ in range(connections)))
    return answers
