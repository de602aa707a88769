"""`python -m meshui.demo.envoy.service`: one small service. The first line of standard input says who it is and where
it listens, later ones how it behaves; when standard input ends, so does it. It says `ready`, then what it counted."""

import asyncio
import contextlib
import json
import sys
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from meshui.demo.envoy import leash
from meshui.demo.envoy.apps import APPS, CHARGE, App, Told, charge
from meshui.demo.envoy.http1 import Answer, Caller, Request, serve
from meshui.demo.envoy.places import HOST
from meshui.demo.envoy.topology import INSTANCES, PAYMENTS

COUNTED_EVERY_S = 0.5
READY = "ready"


@dataclass(frozen=True, slots=True)
class Orders:
    """What a service is started with; `calls`: the port of its Envoy's outbound listener."""

    instance: str
    parent: int
    app: int
    calls: int
    tcp: dict[str, int]
    seed: int
    work_s: float
    slots: int
    fails: float

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def told_line(fails: float) -> bytes:
    """How a running service is told to behave."""
    return json.dumps(asdict(Told(fails))).encode() + b"\n"


async def run(orders: Orders, told: asyncio.StreamReader) -> None:
    """Until `told` ends."""
    (instance,) = (each for each in INSTANCES if each.id == orders.instance)
    app = App(
        instance, Random(f"{orders.seed} {orders.instance}"), Caller(orders.calls), orders.tcp,
        _charging(orders.calls) if PAYMENTS.service in instance.calls else None,
        orders.work_s, asyncio.Semaphore(orders.slots), Told(orders.fails),
    )  # fmt: skip
    serving = await _SERVERS[instance.speaks](app, orders.app)
    print(READY, flush=True)
    counting = asyncio.create_task(_count(app))
    async for line in told:
        app.told = Told(**json.loads(line))
    counting.cancel()
    del serving
    _say_counts(app)


async def _http(app: App, port: int) -> asyncio.Server:
    async def handle(request: Request) -> Answer:
        if app.rng.random() < app.told.fails:
            return Answer(503, b"out of order\n")
        return await APPS[app.instance.name](app, request)

    return await serve(port, handle)


async def _tcp(app: App, port: int) -> asyncio.Server:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while await reader.readline():
                await app.work()
                writer.write(b"found\n")
                await writer.drain()
        writer.close()

    return await asyncio.start_server(connection, HOST, port, reuse_port=True)


async def _grpc(app: App, port: int) -> Any:
    import grpc

    async def handle(_: bytes, context: Any) -> bytes:
        if app.rng.random() < app.told.fails:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "out of order")
        return await charge(app, context)

    service, method = CHARGE.strip("/").split("/")
    handler = grpc.method_handlers_generic_handler(service, {method: grpc.unary_unary_rpc_method_handler(handle)})
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port(f"{HOST}:{port}")
    await server.start()
    return server


_SERVERS = {"http": _http, "tcp": _tcp, "grpc": _grpc}


def _charging(port: int) -> Any:
    import grpc

    options = (("grpc.default_authority", PAYMENTS.host), ("grpc.enable_retries", 0), ("grpc.enable_http_proxy", 0))
    return grpc.aio.insecure_channel(f"{HOST}:{port}", options).unary_unary(CHARGE)


async def _count(app: App) -> None:
    while True:
        await asyncio.sleep(COUNTED_EVERY_S)
        _say_counts(app)


def _say_counts(app: App) -> None:
    if taken := app.counts.taken():
        print(json.dumps(taken), flush=True)


async def _main() -> None:
    told = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    first = await told.readline()
    if not first:
        return
    orders = Orders(**json.loads(first))
    leash.hold(orders.parent)
    await run(orders, told)


if __name__ == "__main__":
    asyncio.run(_main())
