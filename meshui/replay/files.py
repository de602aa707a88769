"""The files of a replay: as named, all below a folder, or standard input."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """`named`: the user asked for this very file, so that it cannot be read is worth an error, not a skipped line."""

    name: str
    size: int
    named: bool
    path: Path | None = None
    data: bytes = b""

    def bytes(self) -> bytes:
        return self.data if self.path is None else self.path.read_bytes()


def sources(names: Sequence[str]) -> Iterator[Source]:
    """In the order named, folders sorted. Raises FileNotFoundError for a name that is not there."""
    for name in names:
        if name == "-":
            data = sys.stdin.buffer.read()
            yield Source("standard input", len(data), True, data=data)
            continue
        path = Path(name)
        if path.is_dir():
            for each in sorted(path.rglob("*")):
                if each.is_file() and not any(part.startswith(".") for part in each.relative_to(path).parts):
                    yield Source(str(each), each.stat().st_size, False, path=each)
        elif path.exists():
            yield Source(name, path.stat().st_size, True, path=path)
        else:
            raise FileNotFoundError(f"{name} does not exist")
