"""Which reader a file needs, told by what is in it; names are not trusted."""

import gzip
import json
import zlib
from collections.abc import Iterator

from meshui.replay import delimited, jaeger, otlp_json, zipkin
from meshui.replay.record import Record
from meshui.replay.unreadable import Unreadable


def read(raw: bytes) -> Iterator[Record]:
    """The requests in a file's bytes, gzip or plain. Raises Unreadable, saying why."""
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(f"broken gzip: {error}") from error
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise Unreadable("empty")
    if text[:1] not in b"{[":
        yield from delimited.read(raw)
        return
    lines = [line for line in text.split(b"\n") if line.strip()]
    first = _json(lines[0])
    if first is None or len(lines) == 1:
        whole = _json(text)
        if whole is None:
            yield from _binary_after_all(raw)
            return
        yield from _document(whole, 1.0)
        return
    yield from _document(first, len(lines[0]) / len(text))
    for number, line in enumerate(lines[1:], 2):
        document = _json(line)
        if document is None:
            raise Unreadable(f"line {number} is no JSON")
        yield from _document(document, len(line) / len(text))


def _binary_after_all(raw: bytes) -> Iterator[Record]:
    """A protobuf record of 91 or 123 bytes begins like JSON."""
    try:
        yield from delimited.read(raw)
    except Unreadable as no:
        raise Unreadable("neither JSON nor OTLP protobuf") from no


def _document(document: object, share: float) -> Iterator[Record]:
    if otlp_json.is_otlp(document) and isinstance(document, dict):
        yield otlp_json.read(document, share)
    elif zipkin.is_zipkin(document):
        yield zipkin.read(document, share)
    elif jaeger.is_jaeger(document):
        yield from jaeger.read(document, share)
    else:
        what = f"an object with {', '.join(list(document)[:3])}" if isinstance(document, dict) else "an array"
        raise Unreadable(f"JSON, but no spans, metrics or logs: {what}")


def _json(text: bytes) -> object:
    """None for what is no JSON; JSON's own null is no trace either."""
    try:
        document: object = json.loads(text)
    except ValueError:
        return None
    return document
