"""What an engine promises. Two stand behind it: chDB in this process, and (later) a ClickHouse server by URL."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

Row = dict[str, Any]


class Signal(StrEnum):
    """OTLP's three, and what Prometheus writes; the landing table is `landing_<signal>`."""

    TRACES = "traces"
    METRICS = "metrics"
    LOGS = "logs"
    WRITE = "write"


class EngineError(Exception):
    """A statement failed. `code` is ClickHouse's number, 0 if it gave none."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


class Refused(EngineError):
    """The data is at fault: do not repeat, find the bad message (codes 32, 36, 117, 436, 444 and their kin)."""


class Away(EngineError):
    """The engine cannot now (memory, disk, too many parts, no connection): wait and repeat."""


class Engine(Protocol):
    """Thread-safe. Every method blocks; call it from a thread, never from the event loop."""

    def insert(self, signal: Signal, path: Path, token: str) -> None:
        """Store every record of a file of varint-length-delimited messages once. Repeating a token changes nothing.

        Returns when the parts are durable; raises Refused (do not repeat) or Away (repeat)."""

    def query(
        self, sql: str, params: Mapping[str, Any] | None = None, *, timeout_s: float = 30.0, query_id: str = ""
    ) -> list[Row]:
        """Rows as dicts, 64-bit integers as int, DateTime as text; bytes only as `hex(column)`. Raises EngineError."""

    def execute(self, sql: str, params: Mapping[str, Any] | None = None, *, timeout_s: float = 60.0) -> None:
        """A statement without an answer (DDL, INSERT … SELECT, DELETE). Raises EngineError."""

    def insert_rows(self, table: str, rows: Sequence[Row]) -> None:
        """A handful of rows, from Python values; durable when it returns."""

    def cancel(self, query_id: str) -> None:
        """End a running query by its id; no error if it has ended already."""

    def size_bytes(self) -> int:
        """Bytes of this database's active parts on disk."""

    def close(self) -> None:
        """Release every connection. Further calls raise EngineError."""
