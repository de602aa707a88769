"""What a spool folder is: its random 64-bit id, the next free segment number, and one owner at a time.

A number is never used twice in the life of a folder, even after every segment has been loaded and removed: the engine
would take a repeated token for a repeated segment and drop it without an error. Numbers are reserved ahead on disk."""

import fcntl
import json
import os
import secrets
from pathlib import Path

RESERVED_AHEAD = 1000


class SpoolTaken(Exception):
    """Another process holds this spool folder."""


def write_atomically(path: Path, content: bytes) -> None:
    """Old content or new, never a mixture, also after a power cut."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Identity:
    """Held while the spool is open. `take()` only from the thread that makes segments."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "spool.json"
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise SpoolTaken(f"Another process uses the spool in {folder}; stop it, or set MESHUI_DATA_DIR.") from None
        known = json.loads(self._path.read_bytes()) if self._path.exists() else {}
        self.id = int(known["spool"], 16) if known else secrets.randbits(64) or 1
        self._next = int(known["next"]) if known else 1
        self._reserved = self._next

    def take(self) -> int:
        """The next free number."""
        if self._next >= self._reserved:
            self._reserved = self._next + RESERVED_AHEAD
            content = json.dumps({"spool": f"{self.id:016x}", "next": self._reserved})
            write_atomically(self._path, content.encode())
        number = self._next
        self._next += 1
        return number

    @property
    def newest(self) -> int:
        return self._next - 1

    def close(self) -> None:
        os.close(self._lock)
