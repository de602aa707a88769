"""Files of traces from people: read as `meshui replay` reads them, then taken in as any sender's, times as they are.

All of an upload is read before any of it is stored. What is too old to take part in signals is found by its id."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from meshui.replay import reading
from meshui.replay.batches import Batches, Body
from meshui.replay.record import TRACES, ZIPKIN, Record, items
from meshui.replay.unreadable import Unreadable
from meshui.running import running
from telemetry.engine.engine import Signal
from telemetry.receive import otlp, zipkin
from telemetry.receive.body import inflate
from telemetry.receive.intake import Intake
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.tally import Origin

PROTOCOL = "upload"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class File:
    """As it was sent: `name` for sentences about it, empty for a body without one."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """Checked and ready to be stored. `traces`: spans by trace id, in the order they came; `rejected` spans were left
    out for an id that cannot be one, `reason` says which."""

    batches: tuple[Batch, ...]
    traces: dict[str, int]
    rejected: int = 0
    reason: str = ""

    @property
    def spans(self) -> int:
        return sum(self.traces.values())


class Unusable(Exception):
    """No traces can be read from a file; says why. `too_large`: because there is more of it than may be."""

    def __init__(self, text: str, *, too_large: bool = False) -> None:
        super().__init__(text)
        self.too_large = too_large


class NotStored(Exception):
    """The spool cannot take it now. `status` as a sender would hear it; what was stored before is kept."""

    def __init__(self, no: Rejection, stored: int) -> None:
        before = f" {stored:,} spans were stored before that; sending all again does not double them." if stored else ""
        super().__init__(no.text + before)
        self.status = no.http
        self.retry_after_s = no.retry_after_s


def read(files: Iterable[File], most_bytes: int) -> Upload:
    """Everything in these files, gzip or plain: Jaeger's or Zipkin's JSON, OTLP JSON or protobuf. Raises Unusable for
    one that holds anything but traces, or more than `most_bytes` when inflated."""
    batches = [batch for file in files for batch in _batches(file, most_bytes)]
    traces: Counter[str] = Counter()
    for batch in batches:
        traces.update(span.trace_id.hex() for span in items(TRACES, ExportTraceServiceRequest.FromString(batch.data)))
    rejected = sum(batch.rejected for batch in batches)
    reason = next((batch.reason for batch in batches if batch.reason), "")
    if not traces:
        raise Unusable(reason or "There are no spans in it.")
    return Upload(tuple(batches), dict(traces), rejected, reason)


def store(upload: Upload, request: HttpRequest) -> None:
    """Durable when it returns, as of whoever sent `request`. Raises NotStored."""
    here, origin = running(), _origin(request)
    intake, stored = Intake(here.spool.append, here.tally), 0
    for batch in upload.batches:
        no = async_to_sync(intake.store)(batch, origin)
        if no is not None:
            raise NotStored(no, stored)
        stored += batch.count


def _origin(request: HttpRequest) -> Origin:
    host, port = request.META.get("REMOTE_ADDR") or "unknown", request.META.get("REMOTE_PORT") or 0
    peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return Origin(PROTOCOL, peer, request.META.get("HTTP_USER_AGENT", ""))


def _batches(file: File, most_bytes: int) -> list[Batch]:
    called = f"{file.name[:200]}: " if file.name else ""
    try:
        return [_checked(body) for body in _bodies(_inflated(file.data, most_bytes))]
    except Unreadable as no:
        raise Unusable(f"{called}{no}.") from no
    except RecursionError:
        raise Unusable(f"{called}it is nested too deeply.") from None
    except Unusable as no:
        raise Unusable(f"{called}{no}", too_large=no.too_large) from no


def _inflated(data: bytes, most_bytes: int) -> bytes:
    if not data.startswith(_GZIP):
        return data
    inflated = inflate(data, "gzip", most_bytes)
    if isinstance(inflated, Rejection):
        raise Unusable(inflated.text, too_large=inflated.http == 413)
    if inflated.startswith(_GZIP):
        raise Unusable("It is compressed twice.")
    return inflated


def _bodies(data: bytes) -> Iterable[Body]:
    batches = Batches()
    for record in reading.read(data):
        yield from batches.add(_trace_record(record))
    yield from batches.flush()


def _trace_record(record: Record) -> Record:
    if record.signal not in (TRACES, ZIPKIN):
        raise Unusable(f"It holds {record.signal.name}; only traces are taken here. `meshui replay` sends the rest.")
    return record


def _checked(body: Body) -> Batch:
    batch = zipkin.check(body.data, json=True) if body.signal is ZIPKIN else otlp.check(Signal.TRACES, body.data)
    if isinstance(batch, Rejection):
        raise Unusable(batch.text)
    return batch
