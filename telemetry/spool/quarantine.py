"""Records that the engine refuses even alone, kept aside with the reason: `quarantine/<token>.<index>.<signal>.bin`.

The .bin is a segment of one record, as it was received, so that `meshui replay` can send it again; the .json beside it
says why. The oldest go when there are more than MOST_BYTES, so that bad data can never fill the disk."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from telemetry import counters
from telemetry.spool.identity import sync_folder, write_atomically
from telemetry.spool.sealed import Segment

MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record lies in quarantine."""

    at: datetime
    token: str
    index: int
    signal: str
    code: int
    text: str


class Quarantine:
    """Thread-safe. Putting the same record of the same segment in twice keeps one."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder / "quarantine"
        self._folder.mkdir(exist_ok=True)
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._last: Reason | None = None

    def put(self, record: bytes, reason: Reason) -> None:
        """Durable when it returns. `record` with its length in front."""
        path = self._folder / f"{reason.token}.{reason.index}.{reason.signal}.bin"
        facts = {
            "at": reason.at.isoformat(), "segment": reason.token, "record": reason.index, "signal": reason.signal,
            "code": reason.code, "reason": reason.text,
        }  # fmt: skip
        with self._lock:
            write_atomically(path.with_suffix(".json"), json.dumps(facts, indent=1).encode())
            write_atomically(path, record)
            self._last = reason
            self._make_room()
        counters.records_quarantined.add(1, {"signal": reason.signal})

    def forget(self, segment: Segment) -> None:
        """A segment starts over: what was set aside of it is decided anew."""
        with self._lock:
            for path in self._folder.glob(f"{segment.token}.*"):
                path.unlink()
            sync_folder(self._folder)

    def count(self) -> int:
        return sum(1 for _ in self._folder.glob("*.bin"))

    def last(self) -> Reason | None:
        """The newest reason since the process started."""
        return self._last

    def _make_room(self) -> None:
        files = sorted(self._folder.glob("*.bin"), key=lambda path: path.stat().st_mtime_ns)
        held = sum(path.stat().st_size for path in files)
        while held > self._most_bytes and len(files) > 1:
            oldest = files.pop(0)
            held -= oldest.stat().st_size
            oldest.with_suffix(".json").unlink(missing_ok=True)
            oldest.unlink()
