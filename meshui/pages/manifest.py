"""Where the built files of the front end are: logical name → hashed name, from dist/manifest.json."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


class NotBuilt(Exception):
    """There is no manifest, or it lacks a file that a page asks for."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: logical name → file; `preload`: script → the chunks it loads at once."""

    files: dict[str, str]
    preload: dict[str, list[str]]

    def file(self, name: str) -> str:
        """Raises NotBuilt, with what to do."""
        if name not in self.files:
            raise NotBuilt(f"The front end has no {name!r}; run `make setup` to build it.")
        return self.files[name]


@cache
def _read(path: Path, modified_ns: int) -> Manifest:
    del modified_ns  # part of the key: a rebuild is another manifest
    return Manifest(**json.loads(path.read_text()))


def manifest(dist: Path) -> Manifest:
    """Parsed once per build. Raises NotBuilt if the front end was never built."""
    path = dist / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as missing:
        raise NotBuilt(f"The front end is not built: {path} is missing; run `make setup`.") from missing
