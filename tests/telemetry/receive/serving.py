"""The real receivers on free ports, with a spool that only remembers: what a test sends, and what was kept of it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn

from telemetry.engine.engine import Signal
from telemetry.receive.admission import Admission
from telemetry.receive.grpc_server import otlp_grpc
from telemetry.receive.http_server import otlp_http
from telemetry.receive.limits import Limits
from telemetry.receive.tally import Tally

TOKENS = {"good": Admission.GRANTED, "reader": Admission.FORBIDDEN}


@dataclass
class Kept:
    """Stands in for the spool. `error`: what it raises instead of keeping."""

    records: list[tuple[Signal, bytes]] = field(default_factory=list)
    error: Exception | None = None

    async def append(self, signal: Signal, record: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.records.append((signal, record))


@dataclass
class Serving:
    kept: Kept
    tally: Tally
    http: httpx.AsyncClient
    http_port: int
    grpc_port: int
    closed: bool = False
    """Whether a token is asked for."""

    def admit(self, token: str | None) -> Admission:
        return TOKENS.get(token or "", Admission.UNKNOWN) if self.closed else Admission.GRANTED


def free_socket() -> socket.socket:
    bound = socket.socket(proto=socket.IPPROTO_TCP)  # else asyncio leaves Nagle on: 40 ms an answer
    bound.bind(("127.0.0.1", 0))
    return bound


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The test process keeps its own."""


@asynccontextmanager
async def serving(limits: Limits | None = None) -> AsyncIterator[Serving]:
    limits = limits or Limits()
    http_socket, grpc_socket = free_socket(), free_socket()
    http_socket.listen()
    port = http_socket.getsockname()[1]
    kept, tally = Kept(), Tally()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        here = Serving(kept, tally, client, port, 0)
        app = otlp_http(kept.append, here.admit, limits, tally)
        config = uvicorn.Config(app, http="httptools", ws="none", lifespan="on", log_level="warning", access_log=False)
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[http_socket]))
        grpc_server = await otlp_grpc(kept.append, here.admit, limits, tally, grpc_socket)
        here.grpc_port = grpc_server.port
        try:
            yield here
        finally:
            server.should_exit = True
            await running
            await grpc_server.stop(0)
