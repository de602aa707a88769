"""A load generator that costs little: prepared bytes over kept-alive HTTP/1, sent at their planned times."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Answers:
    """What came back: seconds until each acknowledgement, and how many requests were refused."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    behind_s: float = 0.0


def head(path: str, size: int | None, *, compressed: bool) -> bytes:
    """A request's head; without a size the body is chunked, as Envoy sends it."""
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/x-protobuf"]
    if compressed:
        lines.append("content-encoding: gzip")
    lines.append("transfer-encoding: chunked" if size is None else f"content-length: {size}")
    return "\r\n".join([*lines, "", ""]).encode()


def with_length(path: str, body: bytes) -> bytes:
    return head(path, len(body), compressed=True) + body


def chunked(path: str, body: bytes) -> bytes:
    return head(path, None, compressed=False) + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"


async def send(port: int, requests: Sequence[bytes], connections: int, start: float, every_s: float) -> Answers:
    """Send request n at `start + n * every_s` (Unix s; at once if `every_s` is 0) over `connections` connections."""
    answers = Answers()
    todo = iter(enumerate(requests))

    async def worker() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for number, request in todo:
            due = start + number * every_s
            late = time.time() - due
            if late < 0:
                await asyncio.sleep(-late)
            elif every_s:
                answers.behind_s = max(answers.behind_s, late)
            began = time.perf_counter()
            writer.write(request)
            status = await _status(reader)
            answers.seconds.append(time.perf_counter() - began)
            answers.refused += status != 200
        writer.close()

    await asyncio.gather(*(worker() for _ in range(connections)))
    return answers


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one whole answer; its status."""
    answer = await reader.readuntil(b"\r\n\r\n")
    for line in answer.lower().split(b"\r\n"):
        if line.startswith(b"content-length:") and (size := int(line.partition(b":")[2])):
            await reader.readexactly(size)
    return int(answer[9:12])
