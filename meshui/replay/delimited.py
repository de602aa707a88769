"""OTLP protobuf, length-delimited (a collector's file exporter, MeshUI's own segments), or one request as a file."""

from collections.abc import Iterator

from google.protobuf.message import DecodeError

from meshui.replay.record import LOGS, METRICS, TRACES, Message, Record, Signal, items
from meshui.replay.unreadable import Unreadable


def read(data: bytes) -> Iterator[Record]:
    """Raises Unreadable before the first record if `data` is no such file, later if a record is broken."""
    slices = _slices(data)
    signal = _signal_of(data, slices)
    if signal is None:
        slices = [(0, len(data))]
        signal = _signal_of(data, slices)
    if signal is None:
        raise Unreadable("no OTLP protobuf with spans, metrics or logs in it")
    for start, end in slices:
        yield Record(signal, parse(signal, data[start:end]), (end - start) / len(data))


def parse(signal: Signal, data: bytes) -> Message:
    """One request, without fields OTLP does not know: a segment's bookkeeping must not be sent on as data."""
    assert signal.message is not None  # noqa: S101  Zipkin is never protobuf here
    message = signal.message()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise Unreadable(f"a broken {signal.name} record: {error}") from error
    message.DiscardUnknownFields()
    return message


def _slices(data: bytes) -> list[tuple[int, int]]:
    """Where each record lies; empty if the lengths do not add up to the file."""
    found, at = [], 0
    while at < len(data):
        length, shift = 0, 0
        while True:
            if at >= len(data) or shift > 28:
                return []
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if at + length > len(data):
            return []
        found.append((at, at + length))
        at += length
    return found


def _signal_of(data: bytes, slices: list[tuple[int, int]]) -> Signal | None:
    """By the first record that has items; the three requests differ only in what these look like."""
    for start, end in slices[:200]:
        for signal in (TRACES, LOGS, METRICS):
            try:
                message = parse(signal, data[start:end])
            except Unreadable:
                continue
            if any(_looks_like(signal, item) for item in items(signal, message)):
                return signal
    return None


def _looks_like(signal: Signal, item: Message) -> bool:
    if signal is TRACES:
        return len(item.trace_id) == 16 and len(item.span_id) == 8 and item.start_time_unix_nano > 0
    if signal is LOGS:
        return bool(item.time_unix_nano or item.observed_time_unix_nano)
    return bool(item.time_unix_nano)
