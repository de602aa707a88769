"""A segment by its file name `<spool id>-<number>.<signal>.<open|seg>`: what loading needs to know is in its name."""

import re
from dataclasses import dataclass
from pathlib import Path

from telemetry.engine.engine import Signal

OPEN, SEALED = "open", "seg"
_NAME = re.compile(rf"([0-9a-f]{{16}})-(\d+)\.({'|'.join(Signal)})\.({OPEN}|{SEALED})")


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of records. `token` is its name in the engine. Sealed: no more is written, all of it is durable."""

    folder: Path
    spool: int
    number: int
    signal: Signal
    size: int
    leftover: bool = False
    """It was there when the spool was opened: an INSERT of it may have been tried before."""
    began: float = 0.0
    """Unix s of its first record; 0 for a leftover."""

    @property
    def token(self) -> str:
        return f"{self.spool:016x}-{self.number}"

    @property
    def path(self) -> Path:
        return self.folder / f"{self.token}.{self.signal}.{SEALED}"

    @property
    def open_path(self) -> Path:
        return self.folder / f"{self.token}.{self.signal}.{OPEN}"


def found(folder: Path) -> list[tuple[Segment, bool]]:
    """Every segment in a folder, oldest number first, and whether it was still open."""
    segments: list[tuple[Segment, bool]] = []
    for path in folder.iterdir():
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        segment = Segment(
            folder, int(match[1], 16), int(match[2]), Signal(match[3]), path.stat().st_size, leftover=True
        )
        segments.append((segment, match[4] == OPEN))
    return sorted(segments, key=lambda pair: pair[0].number)
