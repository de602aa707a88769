"""A real `meshui up` for each journey, on free ports over a directory of its own."""

from collections.abc import Iterator

import pytest

from meshui.bench.server import Server, server


@pytest.fixture
def mesh() -> Iterator[Server]:
    """Running, with sign-in off; stopped after the test."""
    with server() as running:
        yield running
