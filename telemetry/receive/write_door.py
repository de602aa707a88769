"""Prometheus remote-write's way in, `POST /api/v1/write`: snappy in, and answers by which a sender repeats or drops.

A sender repeats 5xx only (429 not by default) and shows the first line of an answer, so an answer is one plain sentence
(prometheus.io/docs/specs/prw)."""

from dataclasses import dataclass, replace

from telemetry.receive import answer, body, rejection, remote_write
from telemetry.receive.door import Answer, too_long
from telemetry.receive.limits import Limits
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.remote_write import Written
from telemetry.receive.request import Request

LARGE_BYTES = 32 * 1024
TEXT = b"text/plain; charset=utf-8"
SNAPPY = ("snappy", "")
"""No encoding at all is snappy too: the first senders said nothing."""


@dataclass(frozen=True, slots=True)
class WriteDoor:
    """Both versions; which one, the Content-Type says."""

    protocol: str = "remote_write"

    def unreadable(self, request: Request, limits: Limits) -> Rejection | None:
        if remote_write.version(request.kind, request.parameters) is None:
            said = f"{request.kind};{request.parameters}".rstrip(";")
            return rejection.WRONG_WRITE_TYPE.saying(type=said[:100], one=remote_write.ONE, two=remote_write.TWO)
        if request.encoding not in SNAPPY:
            return rejection.WRONG_WRITE_ENCODING.saying(encoding=request.encoding[:100])
        return too_long(request, limits)

    def large(self, request: Request) -> int:
        del request
        return LARGE_BYTES

    def read(self, request: Request, data: bytes, limits: Limits) -> Batch | Rejection:
        inflated = body.unsnapped(data, limits.inflated_bytes)
        if isinstance(inflated, Rejection):
            return inflated
        return remote_write.check(remote_write.version(request.kind, request.parameters) or remote_write.ONE, inflated)

    def said(self, request: Request, outcome: Batch | Rejection) -> Answer:
        if isinstance(outcome, Rejection):
            no = _repeatable(outcome)
            return Answer(no.http, TEXT, no.text.encode(), answer.failure_headers(no))
        two = remote_write.version(request.kind, request.parameters) == remote_write.TWO
        headers = _counts(outcome) if two and isinstance(outcome, Written) else []
        # The rest is stored: the spec wants a no all the same, so that a person hears of what is left out.
        status = 400 if outcome.rejected else 204
        return Answer(status, TEXT, outcome.reason.encode(), headers)


def _repeatable(no: Rejection) -> Rejection:
    """A body that came too slowly is no fault of its data: every other 4xx makes the sender drop it."""
    return replace(no, http=503, retry_after_s=5) if no.http == 408 else no


def _counts(written: Written) -> answer.Headers:
    """Exemplars are not kept, and the sender may know."""
    return [
        (b"x-prometheus-remote-write-samples-written", str(written.samples).encode()),
        (b"x-prometheus-remote-write-histograms-written", str(written.histograms).encode()),
        (b"x-prometheus-remote-write-exemplars-written", b"0"),
    ]
