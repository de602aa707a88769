"""OTLP/HTTP and Zipkin as one bare ASGI application. Answers only after `append` returned.

A request costs little on purpose: an Envoy sends five spans at a time, unbatched, thousands of times a second."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from telemetry.engine.engine import Signal
from telemetry.receive import answer, body, otlp, otlp_json, rejection, zipkin
from telemetry.receive.admission import Admit, Append, bearer, why_not
from telemetry.receive.intake import Intake
from telemetry.receive.limits import Limits
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.tally import Origin, Tally

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Check = Callable[[bytes, bool], Batch | Rejection]

PROTOBUF = ("application/x-protobuf", "application/protobuf")
JSON = "application/json"
LARGE_BYTES = 1024 * 1024
LARGE_JSON_BYTES = 32 * 1024


def _otlp(signal: Signal) -> Check:
    def check(data: bytes, json: bool) -> Batch | Rejection:
        return otlp_json.check(signal, data) if json else otlp.check(signal, data)

    return check


@dataclass(frozen=True, slots=True)
class Door:
    """What one path takes, and the status of success there."""

    protocol: str
    check: Check
    accepted: int = 200


DOORS: dict[str, Door] = {
    "/v1/traces": Door("otlp_http", _otlp(Signal.TRACES)),
    "/v1/metrics": Door("otlp_http", _otlp(Signal.METRICS)),
    "/v1/logs": Door("otlp_http", _otlp(Signal.LOGS)),
    "/api/v2/spans": Door("zipkin", zipkin.check, accepted=202),
}


@dataclass(slots=True)
class Request:
    """What the headers of one request say."""

    path: str
    json: bool = False
    kind: str = ""
    encoding: str = ""
    length: int = 0
    token: str | None = None
    agent: str = ""
    peer: str = ""


def read_headers(scope: Scope) -> Request:
    request = Request(scope["path"])
    for name, value in scope["headers"]:
        if name == b"content-type":
            request.kind = value.decode("latin-1").partition(";")[0].strip().lower()
            request.json = request.kind == JSON
        elif name == b"content-encoding":
            request.encoding = value.decode("latin-1").strip().lower()
        elif name == b"content-length":
            request.length = int(value) if value.isdigit() else 0
        elif name == b"authorization":
            request.token = bearer(value.decode("latin-1"))
        elif name == b"user-agent":
            request.agent = value.decode("latin-1")
    client = scope.get("client")
    if client:
        host, port = client[0], client[1]
        request.peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return request


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
        origin = Origin(door.protocol if door else "otlp_http", request.peer, request.agent)
        taken = [0]
        try:
            outcome = _refusal(scope["method"], door, request, admit, limits) or await stored(
                DOORS[request.path], request, origin, receive, taken
            )
        except _Gone:
            return
        finally:
            in_flight.held -= taken[0]
        if isinstance(outcome, Batch):
            accepted = DOORS[request.path].accepted
            kind, content = answer.success(accepted, request.json, outcome)
            await answer.send(send, accepted, kind, content)
            return
        intake.refused(outcome, origin)
        kind, content = answer.failure(outcome, request.kind not in PROTOBUF)
        await answer.send(send, outcome.http, kind, content, answer.failure_headers(outcome))

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
    return _unreadable(request, limits) if admission else why_not(admission)


def _unreadable(request: Request, limits: Limits) -> Rejection | None:
    if not request.json and request.kind not in PROTOBUF:
        return rejection.WRONG_TYPE.saying(type=request.kind[:100] or "(none)", path=request.path)
    if not body.known(request.encoding):
        return rejection.WRONG_ENCODING.saying(encoding=request.encoding[:100])
    if request.length > limits.body_bytes:
        return rejection.TOO_LARGE.saying(bound=limits.body_bytes)
    return None


async def _checked(door: Door, request: Request, data: bytes, limits: Limits) -> Batch | Rejection:
    """Inflated and checked; in a thread where that takes long enough to hold up the viewers on this loop."""

    def work() -> Batch | Rejection:
        inflated = body.inflate(data, request.encoding, limits.inflated_bytes)
        return inflated if isinstance(inflated, Rejection) else door.check(inflated, request.json)

    if len(data) > (LARGE_JSON_BYTES if request.json else LARGE_BYTES):
        return await asyncio.to_thread(work)
    return work()


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
