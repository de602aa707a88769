"""The bytes of a spool segment: records, each behind its length, so that the file is what the engine loads.

A record protects itself: its last field is a checksum of what stands before it. A torn tail is therefore recognised
wherever it tears, and costs at most records whose sender never heard of success. Drawn in docs/formats/spool.md."""

from collections.abc import Iterator
from typing import NamedTuple

from isal.isal_zlib import crc32

SEGMENT, RECEIVED, PEER, SPOOL, CHECK = 1000, 1001, 1002, 1003, 1004
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
CHECK_BYTES = 6  # a tag of two bytes, then fixed32


def varint(value: int) -> bytes:
    """Base-128, low groups first; `value` ≥ 0."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_SEGMENT_TAG, _RECEIVED_TAG = varint(SEGMENT << 3 | VARINT), varint(RECEIVED << 3 | VARINT)
_PEER_TAG, _SPOOL_TAG = varint(PEER << 3 | LENGTH), varint(SPOOL << 3 | FIXED64)
_CHECK_TAG = varint(CHECK << 3 | FIXED32)


def received(request: bytes, at_ns: int, peer: bytes) -> bytes:
    """A request as a record that `Spool.append` takes: when it came and from where, appended. `at_ns`: Unix ns."""
    return b"".join((request, _RECEIVED_TAG, varint(at_ns), _PEER_TAG, varint(len(peer)), peer))


def mark(segment: int, spool: int) -> bytes:
    """What every record of one segment carries: the segment's number and the spool's id."""
    return b"".join((_SEGMENT_TAG, varint(segment), _SPOOL_TAG, spool.to_bytes(8, "little")))


def framed(record: bytes) -> bytes:
    """A record with its length in front, as it stands in a file."""
    return varint(len(record)) + record


def stamped(record: bytes, mark_: bytes) -> tuple[bytes, bytes, bytes]:
    """Length, record, and tail (mark and checksum): the parts to write, one after the other."""
    check = crc32(mark_, crc32(record))
    tail = b"".join((mark_, _CHECK_TAG, check.to_bytes(4, "little")))
    return varint(len(record) + len(tail)), record, tail


class Stored(NamedTuple):
    """Where a record stands in a segment: its length field starts at `start`, it reaches to `end`."""

    start: int
    body: int
    end: int


def _length(data: bytes, at: int) -> tuple[int, int] | None:
    """A length and where it ends; None if it is cut off or no length."""
    value = shift = 0
    while at < len(data) and shift < 35:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    return None


def whole(data: bytes, body: int, end: int) -> bool:
    """Whether the record in data[body:end] is what was written."""
    check = end - 4
    return (
        end - body > CHECK_BYTES
        and data[check - 2 : check] == _CHECK_TAG
        and crc32(memoryview(data)[body : check - 2]).to_bytes(4, "little") == data[check:end]
    )


def records(data: bytes) -> Iterator[Stored]:
    """Every record up to the first that is torn, cut off or no record."""
    at = 0
    while at < len(data):
        length = _length(data, at)
        if length is None:
            return
        body = length[1]
        end = body + length[0]
        if end > len(data) or not whole(data, body, end):
            return
        yield Stored(at, body, end)
        at = end
