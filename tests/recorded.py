"""The recorded data that tests read: ../shared/data beside the repository, or the folder in MESHUI_TEST_DATA."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(os.environ.get("MESHUI_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


def recorded(*names: str) -> Path:
    """A file or folder of the recordings; skips the test, naming the folder, if it is not there."""
    path = DATA.joinpath(*names)
    if not path.exists():
        pytest.skip(f"{path} is not there; set MESHUI_TEST_DATA to the folder of the recordings")
    return path


def messages(path: Path) -> Iterator[bytes]:
    """The messages of a `*.otlp.bin.gz` file: each behind its length as a varint."""
    data, at = gzip.decompress(path.read_bytes()), 0
    while at < len(data):
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield data[at : at + length]
        at += length
