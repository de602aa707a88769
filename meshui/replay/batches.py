"""Records joined into request bodies of at most 4 MiB; one that is too large alone is cut between its items.

Two serialised OTLP requests, one behind the other, are one request with the items of both: protobuf says so."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from meshui.replay.record import LOGS, TRACES, ZIPKIN, Message, Record, Signal

MAX_BYTES = 4 << 20
MAX_ITEMS = 5_000


@dataclass(frozen=True, slots=True)
class Body:
    """A request ready to be sent: `count` items of `signal`."""

    signal: Signal
    data: bytes
    count: int


class Batches:
    """One open body for each signal; `add` and `flush` answer the bodies that are full."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._open: dict[str, tuple[Signal, list[bytes], int, int]] = {}

    def add(self, record: Record) -> Iterator[Body]:
        for data, count in _pieces(record, self._max_bytes):
            signal, parts, held, size = self._open.get(record.signal.name, (record.signal, [], 0, 0))
            if parts and (size + len(data) + 1 > self._max_bytes or held + count > MAX_ITEMS):
                yield _body(signal, parts, held)
                parts, held, size = [], 0, 0
            parts.append(data)
            self._open[signal.name] = (signal, parts, held + count, size + len(data) + 1)

    def flush(self) -> Iterator[Body]:
        for signal, parts, held, _ in self._open.values():
            yield _body(signal, parts, held)
        self._open = {}


def _body(signal: Signal, parts: list[bytes], count: int) -> Body:
    return Body(signal, b"[%s]" % b",".join(parts) if signal is ZIPKIN else b"".join(parts), count)


def _pieces(record: Record, max_bytes: int) -> Iterator[tuple[bytes, int]]:
    if record.signal is ZIPKIN:
        for span in record.message:
            yield json.dumps(span, separators=(",", ":")).encode(), 1
        return
    count = record.count()
    if not count:
        return
    data = record.message.SerializeToString()
    if len(data) <= max_bytes or count == 1:
        yield data, count
        return
    for half in _halves(record):
        yield from _pieces(half, max_bytes)


def _halves(record: Record) -> Iterator[Record]:
    """Two records with half of the groups each: of the resources if several, else of scopes, else of items."""
    for side in (0, 1):
        copy = type(record.message)()
        copy.CopyFrom(record.message)
        _keep(record.signal, copy, side)
        yield Record(record.signal, copy)


def _keep(signal: Signal, message: Message, side: int) -> None:
    for name in _nesting(signal):
        group = getattr(message, name)
        if len(group) > 1:
            middle = len(group) // 2
            unwanted = slice(middle, None) if side == 0 else slice(middle)
            del group[unwanted]
            return
        message = group[0]


def _nesting(signal: Signal) -> tuple[str, ...]:
    if signal is TRACES:
        return "resource_spans", "scope_spans", "spans"
    if signal is LOGS:
        return "resource_logs", "scope_logs", "log_records"
    return "resource_metrics", "scope_metrics", "metrics"
