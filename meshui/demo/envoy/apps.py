"""What the small services do: each answers by calling others through its own Envoy, and counts how that ended."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from meshui.demo.envoy.counts import NO_ANSWER, Counts
from meshui.demo.envoy.http1 import Answer, Caller, Request
from meshui.demo.envoy.places import HOST
from meshui.demo.envoy.topology import CART, OFFERS, PAYMENTS, SESSIONS, STOCK, Instance

_PASSED_ON = ("traceparent", "tracestate", "x-request-id")
CHARGE = "/pay.Payments/Charge"
NO_FUNDS = b"no funds"


@dataclass(slots=True)
class Told:
    """What a service is told while it runs: the share it answers with 503."""

    fails: float = 0.0


@dataclass(slots=True)
class App:
    """One service at work. `work_s`: mean of its own time; `slots`: how many requests it works on at once."""

    instance: Instance
    rng: Random
    caller: Caller
    tcp: dict[str, int]
    charge: Callable[..., Awaitable[bytes]] | None
    work_s: float
    slots: asyncio.Semaphore
    told: Told = field(default_factory=Told)
    counts: Counts = field(default_factory=Counts)

    async def work(self) -> None:
        async with self.slots:
            await asyncio.sleep(self.rng.expovariate(1 / self.work_s))

    async def call(self, target: Instance, request: Request, method: str, path: str) -> int:
        """The status; 503 where no answer came."""
        passed = {name: value for name, value in request.headers.items() if name in _PASSED_ON}
        try:
            status = (await self.caller.ask(target.host, Request(method, path, passed))).status
        except OSError:
            self.counts.add(self.instance.service, target.service, NO_ANSWER)
            return 503
        self.counts.add(self.instance.service, target.service, str(status))
        return status

    async def look_up(self, target: Instance, key: str) -> bool:
        """One line over TCP, one line back."""
        try:
            reader, writer = await asyncio.open_connection(HOST, self.tcp[target.service])
            writer.write(f"GET {key}\n".encode())
            found = (await reader.readline()).endswith(b"\n")
            writer.close()
        except OSError:
            found = False
        self.counts.add(self.instance.service, target.service, "ok" if found else "fail")
        return found

    async def pay(self, request: Request) -> int:
        """A gRPC call; its outcome as an HTTP status for who asked us."""
        import grpc

        if self.charge is None:
            raise LookupError("this service calls nobody over gRPC")
        passed = tuple((name, value) for name, value in request.headers.items() if name in _PASSED_ON)
        try:
            answer = await self.charge(b"", metadata=passed)
        except grpc.aio.AioRpcError as error:
            number: int = error.code().value[0]
            self.counts.add(self.instance.service, PAYMENTS.service, f"grpc:{number}")
            return 402 if error.code() is grpc.StatusCode.FAILED_PRECONDITION else 502
        self.counts.add(self.instance.service, PAYMENTS.service, "grpc:0")
        return 200 if answer else 502


async def web(app: App, request: Request) -> Answer:
    """A page is a page without offers, and for a guest without a session; without the cart there is none."""
    await app.work()
    await app.look_up(SESSIONS, "s1")
    if request.path == "/":
        await app.call(OFFERS, request, "GET", "/offers")
        return Answer(200, b"welcome\n")
    status = await app.call(CART, request, request.method, "/items" if request.path == "/cart" else "/checkout")
    return Answer(status, b"cart\n")


async def cart(app: App, request: Request) -> Answer:
    """Shown without levels where stock does not answer; a checkout is paid only for what is there."""
    await app.work()
    buying = request.path == "/checkout"
    status = await app.call(STOCK, request, "POST" if buying else "GET", "/reserve" if buying else "/levels")
    if not buying:
        return Answer(200)
    return Answer(await app.pay(request) if status == 200 else 502)


async def leaf(app: App, _: Request) -> Answer:
    """Works and answers; calls nobody."""
    await app.work()
    return Answer(200, b"ok\n")


async def charge(app: App, context: Any) -> bytes:
    """One card in fifty has no funds."""
    import grpc

    await app.work()
    if app.rng.random() < 0.02:
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, NO_FUNDS.decode())
    return b"paid"


APPS: dict[str, Callable[[App, Request], Awaitable[Answer]]] = {"web": web, "cart": cart, "stock": leaf, "offers": leaf}
