"""Asking an Envoy's admin interface over its socket file."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode


async def ready(socket: Path) -> bool:
    """Whether it takes requests; False also while it is not there yet."""
    try:
        return (await _ask(socket, "GET", "/ready")).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


async def set_runtime(socket: Path, values: Mapping[str, int]) -> None:
    """Raises OSError if it does not answer, ValueError with its answer if it refuses."""
    query = urlencode({name: str(value) for name, value in values.items()})
    answer = await _ask(socket, "POST", f"/runtime_modify?{query}")
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ValueError(answer.decode(errors="replace").splitlines()[-1])


async def _ask(socket: Path, method: str, path: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(socket))
    try:
        writer.write(
            f"{method} {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()
        )
        answer = await reader.read()
    finally:
        writer.close()
    if not answer:
        raise ConnectionResetError("it left without an answer")
    return answer
