"""OTLP/HTTP, Zipkin and Prometheus remote-write as one bare ASGI application. Answers only after `append` returned.

A request costs little on purpose: an Envoy sends five spans at a time, unbatched, thousands of times a second."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from telemetry.engine.engine import Signal
from telemetry.receive import answer, rejection
from telemetry.receive.admission import Admit, Append, why_not
from telemetry.receive.door import ZIPKIN, Door, otlp_door
from telemetry.receive.intake import Intake
from telemetry.receive.limits import Limits
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.request import Request, Scope, read_headers
from telemetry.receive.tally import Origin, Tally
from telemetry.receive.write_door import WriteDoor

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

DOORS: dict[str, Door] = {
    "/v1/traces": otlp_door(Signal.TRACES),
    "/v1/metrics": otlp_door(Signal.METRICS),
    "/v1/logs": otlp_door(Signal.LOGS),
    "/api/v2/spans": ZIPKIN,
    "/api/v1/write": WriteDoor(),
}
NOWHERE = DOORS["/v1/traces"]
"""How a path is answered that is none."""


class _InFlight:
    """Bytes of all bodies that are being read now. Touched by the loop only."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0


class _Gone(Exception):
    """The sender hung up."""


async def _read(receive: Receive, limits: Limits, in_flight: _InFlight, taken: list[int]) -> bytes | Rejection:
    """The body as sent. `taken[0]` is what it holds of `in_flight`, for the caller to give back."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        part = message.get("body", b"")
        if part:
            taken[0] += len(part)
            in_flight.held += len(part)
            if taken[0] > limits.body_bytes:
                return rejection.TOO_LARGE.saying(bound=limits.body_bytes)
            if in_flight.held > in_flight.most:
                return rejection.BUSY.saying(bound=in_flight.most)
            parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def otlp_http(
    append: Append, admit: Admit, limits: Limits, tally: Tally, clock_ns: Callable[[], int] = time.time_ns
) -> ASGIApp:
    """The application of MESHUI_OTLP_HTTP. `append` may raise SpoolFull and SpoolFailed, which are answered 503."""
    in_flight = _InFlight(limits.in_flight_bytes)
    intake = Intake(append, tally, clock_ns)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await export(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    async def export(scope: Scope, receive: Receive, send: Send) -> None:
        request = read_headers(scope)
        door = DOORS.get(request.path)
        origin = Origin((door or NOWHERE).protocol, request.peer, request.agent)
        taken = [0]
        try:
            outcome = _refusal(scope["method"], door, request, admit, limits) or await stored(
                DOORS[request.path], request, origin, receive, taken
            )
        except _Gone:
            return
        finally:
            in_flight.held -= taken[0]
        if isinstance(outcome, Rejection):
            intake.refused(outcome, origin)
        await answer.send(send, *(door or NOWHERE).said(request, outcome))

    async def stored(
        door: Door, request: Request, origin: Origin, receive: Receive, taken: list[int]
    ) -> Batch | Rejection:
        try:
            async with asyncio.timeout(limits.body_s):
                data = await _read(receive, limits, in_flight, taken)
        except TimeoutError:
            return rejection.TOO_SLOW.saying(seconds=limits.body_s, got=taken[0])
        batch = data if isinstance(data, Rejection) else await _checked(door, request, data, limits)
        if isinstance(batch, Rejection):
            return batch
        return await intake.store(batch, origin) or batch

    return app


def _refusal(method: str, door: Door | None, request: Request, admit: Admit, limits: Limits) -> Rejection | None:
    """What can be said before the body is read."""
    if door is None:
        return rejection.UNKNOWN_PATH.saying(path=request.path[:200])
    if method != "POST":
        return rejection.WRONG_METHOD.saying(method=method[:20], path=request.path)
    admission = admit(request.token)
    return door.unreadable(request, limits) if admission else why_not(admission)


async def _checked(door: Door, request: Request, data: bytes, limits: Limits) -> Batch | Rejection:
    """Inflated and checked; in a thread where that takes long enough to hold up the viewers on this loop."""
    if len(data) > door.large(request):
        return await asyncio.to_thread(door.read, request, data, limits)
    return door.read(request, data, limits)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
