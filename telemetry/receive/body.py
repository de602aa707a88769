"""A compressed body → its bytes, never more than the bound: it stops inflating there, whatever the body claims."""

from collections.abc import Callable
from typing import Any

import cramjam
import zstandard
from isal import isal_zlib

from telemetry.receive import rejection
from telemetry.receive.rejection import Rejection

GZIP_WRAPPER, ZLIB_WRAPPER, NO_WRAPPER = 31, 15, -15
ZSTD_WINDOW_BYTES = 8 * 1024 * 1024  # what RFC 8878 asks every decoder to take
ZSTD_SLICE_BYTES = 1024  # can become at most 32 MiB: 256 blocks of 4 bytes, 128 KiB each
EMPTY = b""
_EMPTY_BLOCK = rejection.WRONG_BYTES.saying(encoding="snappy", why="it is empty")
_IsalError: Any = isal_zlib.error


class _TooLarge(Exception):
    pass


def _members(body: bytes, bound: int, wbits: int) -> bytes:
    """Every member of a gzip (or the one zlib or raw stream), one after the other."""
    parts: list[bytes] = []
    while True:
        stream: Any = isal_zlib.decompressobj(wbits=wbits)
        part: bytes = stream.decompress(body, bound + 1)
        bound -= len(part)
        if bound < 0:
            raise _TooLarge
        if not stream.eof:
            raise EOFError("it ends too early")
        parts.append(part)
        body = stream.unused_data
        # Some senders pad with zeros, which gzip(1) takes as well.
        if wbits != GZIP_WRAPPER or not body.rstrip(b"\0"):
            return parts[0] if len(parts) == 1 else EMPTY.join(parts)


def _gzip(body: bytes, bound: int) -> bytes:
    return _members(body, bound, GZIP_WRAPPER)


def _deflate(body: bytes, bound: int) -> bytes:
    """Wrapped in zlib as the standard says, else raw as some send it."""
    try:
        return _members(body, bound, ZLIB_WRAPPER)
    except (_IsalError, EOFError) as wrapped:
        try:
            return _members(body, bound, NO_WRAPPER)
        except (_IsalError, EOFError):
            raise wrapped from None


def _zstd(body: bytes, bound: int) -> bytes:
    context = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
    if 0 < zstandard.frame_content_size(body) <= bound:
        try:
            return context.decompress(body, allow_extra_data=False)
        except zstandard.ZstdError:
            pass  # several frames, or broken: the careful way below tells which
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        stream: Any = context.decompressobj()
        while at < len(body) and not stream.eof:
            part = stream.decompress(body[at : at + ZSTD_SLICE_BYTES])
            at += ZSTD_SLICE_BYTES
            bound -= len(part)
            if bound < 0:
                raise _TooLarge
            parts.append(part)
        if not stream.eof:
            raise EOFError("it ends too early")
        at = min(at, len(body)) - len(stream.unused_data)
    return EMPTY.join(parts)


_INFLATE: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}


def unsnapped(body: bytes, bound: int) -> bytes | Rejection:
    """The bytes of one snappy block (not the framed format), or why not. What it claims to hold stands at its start and
    is believed for a no only: the decoder holds it to that."""
    try:
        if cramjam.snappy.decompress_raw_len(body) > bound:
            return rejection.INFLATES_TOO_LARGE.saying(bound=bound, encoding="snappy")
        return bytes(cramjam.snappy.decompress_raw(body)) if body else _EMPTY_BLOCK
    except cramjam.DecompressionError as error:
        return rejection.WRONG_BYTES.saying(encoding="snappy", why=error)


def known(encoding: str) -> bool:
    """Whether a body of this Content-Encoding can be read at all."""
    return encoding in _INFLATE or encoding in ("", "identity")


def inflate(body: bytes, encoding: str, bound: int) -> bytes | Rejection:
    """The bytes of a body of a known encoding, or why not. Never holds more than the bound and 32 MiB."""
    undo = _INFLATE.get(encoding)
    if undo is None:
        return body if len(body) <= bound else rejection.TOO_LARGE.saying(bound=bound)
    if not body:
        return body
    try:
        return undo(body, bound)
    except _TooLarge:
        return rejection.INFLATES_TOO_LARGE.saying(bound=bound, encoding=encoding)
    except (_IsalError, zstandard.ZstdError, EOFError) as error:
        return rejection.WRONG_BYTES.saying(encoding=encoding, why=error)
