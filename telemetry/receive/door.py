"""What one path of the HTTP receiver does: what it refuses unread, how it reads a body, how it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from telemetry.engine.engine import Signal
from telemetry.receive import answer, body, otlp, otlp_json, rejection, zipkin
from telemetry.receive.limits import Limits
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.request import PROTOBUF, Request

LARGE_BYTES = 1024 * 1024
LARGE_JSON_BYTES = 32 * 1024


class Answer(NamedTuple):
    """A whole answer but for the headers that every one has."""

    status: int
    kind: bytes
    content: bytes
    headers: answer.Headers


class Door(Protocol):
    """`protocol`: the name under which its senders are counted."""

    @property
    def protocol(self) -> str: ...

    def unreadable(self, request: Request, limits: Limits) -> Rejection | None:
        """What the headers alone forbid."""

    def large(self, request: Request) -> int:
        """Bytes from which a body is read in a thread: it would hold up the viewers on this loop."""

    def read(self, request: Request, data: bytes, limits: Limits) -> Batch | Rejection:
        """A body as it came, inflated and checked."""

    def said(self, request: Request, outcome: Batch | Rejection) -> Answer:
        """What the sender hears; a Batch is durable by then."""


def too_long(request: Request, limits: Limits) -> Rejection | None:
    """By what the sender says itself of the body's length."""
    return rejection.TOO_LARGE.saying(bound=limits.body_bytes) if request.length > limits.body_bytes else None


@dataclass(frozen=True, slots=True)
class ExportDoor:
    """OTLP and Zipkin: protobuf or JSON, several encodings, answers in the sender's own form."""

    protocol: str
    check: Callable[[bytes, bool], Batch | Rejection]
    accepted: int = 200

    def unreadable(self, request: Request, limits: Limits) -> Rejection | None:
        if not request.json and request.kind not in PROTOBUF:
            return rejection.WRONG_TYPE.saying(type=request.kind[:100] or "(none)", path=request.path)
        if not body.known(request.encoding):
            return rejection.WRONG_ENCODING.saying(encoding=request.encoding[:100])
        return too_long(request, limits)

    def large(self, request: Request) -> int:
        return LARGE_JSON_BYTES if request.json else LARGE_BYTES

    def read(self, request: Request, data: bytes, limits: Limits) -> Batch | Rejection:
        inflated = body.inflate(data, request.encoding, limits.inflated_bytes)
        return inflated if isinstance(inflated, Rejection) else self.check(inflated, request.json)

    def said(self, request: Request, outcome: Batch | Rejection) -> Answer:
        if isinstance(outcome, Batch):
            return Answer(self.accepted, *answer.success(self.accepted, request.json, outcome), [])
        content = answer.failure(outcome, request.kind not in PROTOBUF)
        return Answer(outcome.http, *content, answer.failure_headers(outcome))


def otlp_door(signal: Signal) -> ExportDoor:
    """OTLP/HTTP of one signal."""

    def check(data: bytes, json: bool) -> Batch | Rejection:
        return otlp_json.check(signal, data) if json else otlp.check(signal, data)

    return ExportDoor("otlp_http", check)


ZIPKIN = ExportDoor("zipkin", zipkin.check, accepted=202)
