"""OTLP/gRPC: the three services, raw bytes in and out, no object per span; the same checks and noes as HTTP."""

import asyncio
import socket
from typing import Any
from urllib.parse import unquote

import grpc
from grpc import aio

from telemetry.engine.engine import Signal
from telemetry.receive import answer, otlp
from telemetry.receive.admission import Admit, Append, bearer, why_not
from telemetry.receive.intake import Intake
from telemetry.receive.limits import Limits
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.tally import Origin, Tally

PROTOCOL = "otlp_grpc"
LARGE_BYTES = 1024 * 1024
MOST_STREAMS = 200
SERVICES = {
    "opentelemetry.proto.collector.trace.v1.TraceService": Signal.TRACES,
    "opentelemetry.proto.collector.metrics.v1.MetricsService": Signal.METRICS,
    "opentelemetry.proto.collector.logs.v1.LogsService": Signal.LOGS,
}
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class GrpcServer:
    """A running server and the port it listens on."""

    def __init__(self, server: Any, port: int) -> None:
        self._server = server
        self.port = port

    async def stop(self, grace: float) -> None:
        """Take no new calls, let those under way end."""
        await self._server.stop(grace)


def _peer(context: Any) -> str:
    """`10.0.0.7:51234` of gRPC's `ipv4:10.0.0.7:51234`, `[::1]:51234` of `ipv6:%5B::1%5D:51234`."""
    return unquote(context.peer().partition(":")[2])


def _header(context: Any, name: str) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == name:
            return value if isinstance(value, str) else value.decode("latin-1")
    return ""


class _Exporter:
    """What one call does, whichever service it came to."""

    def __init__(self, intake: Intake, admit: Admit) -> None:
        self._intake, self._admit = intake, admit

    def method(self, signal: Signal) -> Any:
        async def export(data: bytes, context: Any) -> bytes:
            origin = Origin(PROTOCOL, _peer(context), _header(context, "user-agent"))
            outcome = await self._stored(signal, data, origin, context)
            if isinstance(outcome, Batch):
                return answer.response(outcome)
            self._intake.refused(outcome, origin)
            await _abort(context, outcome)
            raise AssertionError("abort does not return")

        return grpc.unary_unary_rpc_method_handler(export)

    async def _stored(self, signal: Signal, data: bytes, origin: Origin, context: Any) -> Batch | Rejection:
        admission = self._admit(bearer(_header(context, "authorization")))
        if not admission:
            return why_not(admission)
        large = len(data) > LARGE_BYTES
        batch = await asyncio.to_thread(otlp.check, signal, data) if large else otlp.check(signal, data)
        if isinstance(batch, Rejection):
            return batch
        return await self._intake.store(batch, origin) or batch


async def _abort(context: Any, no: Rejection) -> None:
    details = answer.status_of(no).SerializeToString()
    await context.abort(_CODES[no.grpc], no.text, (("grpc-status-details-bin", details),))


async def otlp_grpc(  # noqa: PLR0917  the parts of a composition, named by their types
    append: Append,
    admit: Admit,
    limits: Limits,
    tally: Tally,
    bound: socket.socket,
    tls: tuple[bytes, bytes] | None = None,
) -> GrpcServer:
    """Start serving where `bound` is bound: gRPC opens sockets of its own, so that one is closed here.

    `tls`: certificate chain and key, PEM. Raises OSError if the address was taken meanwhile."""
    exporter = _Exporter(Intake(append, tally), admit)
    server = aio.server(
        options=[
            ("grpc.max_receive_message_length", limits.inflated_bytes),
            ("grpc.max_concurrent_streams", MOST_STREAMS),
            ("grpc.so_reuseport", 0),
        ]
    )
    for service, signal in SERVICES.items():
        handler = grpc.method_handlers_generic_handler(service, {"Export": exporter.method(signal)})
        server.add_generic_rpc_handlers((handler,))
    host, port = bound.getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    bound.close()
    try:
        if tls is None:
            got = server.add_insecure_port(address)
        else:
            chain, key = tls
            got = server.add_secure_port(address, grpc.ssl_server_credentials([(key, chain)]))
    except RuntimeError as error:
        raise OSError(f"{address} cannot be used for OTLP/gRPC: {error}") from error
    await server.start()
    return GrpcServer(server, got)
