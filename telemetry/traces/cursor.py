"""Where a page of traces ended, as text that a client hands back: checked like any question, since nothing in it is
trusted, and good only for the question it came from."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from telemetry.traces.asking import Snapshot

_MOST_SPOOLS = 1_000
_MOST_MISSING = 10_000
_LONGEST = 200_000
# What the engine's times hold: the years 2000 to 2100.
_EARLIEST, _LATEST = 946_684_800_000_000_000, 4_102_444_800_000_000_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """`rank` (ns of the newest match, ns of duration, or failures) and the trace there; the time and the snapshot that
    the first page was asked about."""

    rank: int
    trace_id: str
    since_ns: int
    until_ns: int
    snapshot: Snapshot


def cursor_text(cursor: Cursor, of: str) -> str:
    """`of`: the question in any words that tell it from another."""
    seen = cursor.snapshot
    parts = [
        _digest(of), cursor.rank, cursor.trace_id, cursor.since_ns, cursor.until_ns,
        list(seen.upto), list(seen.upto.values()), sorted(seen.missing),
    ]  # fmt: skip
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def cursor_of(text: str, of: str) -> Cursor:
    """Raises ValueError for what no page of this question has given."""
    try:
        digest, cursor = _read(text)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("no page ends there") from error
    if digest != _digest(of):
        raise ValueError("it is of another question: ask for the first page of this one")
    return cursor


def _read(text: str) -> tuple[str, Cursor]:
    if len(text) > _LONGEST:
        raise ValueError
    digest, rank, trace_id, since, until, spools, upto, missing = orjson.loads(
        urlsafe_b64decode(text + "=" * (-len(text) % 4))
    )
    pairs = frozenset((spool, segment) for spool, segment in missing)
    numbers = [*spools, *upto, *(number for pair in pairs for number in pair)]
    if len(spools) > _MOST_SPOOLS or len(pairs) > _MOST_MISSING or not all(_is_number(n, 64) for n in numbers):
        raise ValueError
    if not _is_number(rank, 63) or not _is_number(until, 63) or not _EARLIEST <= since < until <= _LATEST:
        raise ValueError
    if len(bytes.fromhex(trace_id)) != 16:
        raise ValueError
    snapshot = Snapshot(dict(zip(spools, upto, strict=True)), pairs)
    return digest, Cursor(rank, trace_id.lower(), since, until, snapshot)


def _is_number(value: Any, bits: int) -> bool:
    return type(value) is int and 0 <= value < 2**bits


def _digest(of: str) -> str:
    return blake2b(of.encode(), digest_size=8).hexdigest()
