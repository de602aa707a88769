"""As much HTTP/1.1 as small services behind Envoys need: bodies with Content-Length, connections kept open."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from meshui.demo.envoy.places import HOST

ANSWER_S = 15.0
_WORDS = {200: "OK", 402: "Payment Required", 404: "Not Found", 502: "Bad Gateway", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Request:
    """Header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""


Handler = Callable[[Request], Awaitable[Answer]]


async def serve(port: int, handler: Handler) -> asyncio.Server:
    """Listening already; a handler's exception is a 500."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                first, headers, _ = await _message(reader)
                method, path, _ = first.split(" ", 2)
                answer = await _answered(handler, Request(method, path, headers))
                reason = _WORDS.get(answer.status, "Status")
                head = f"HTTP/1.1 {answer.status} {reason}\r\ncontent-length: {len(answer.body)}\r\n\r\n"
                writer.write(head.encode() + answer.body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has what it wanted, or has left
        finally:
            writer.close()

    return await asyncio.start_server(connection, HOST, port, reuse_port=True)


async def _answered(handler: Handler, request: Request) -> Answer:
    try:
        return await handler(request)
    except Exception as error:
        return Answer(500, f"{type(error).__name__}: {error}\n".encode())


class Caller:
    """Calls through one port, usually the outbound listener of one's own Envoy."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, host: str, request: Request) -> Answer:
        """Raises OSError (TimeoutError too) where no answer came."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(HOST, self._port)
        try:
            headers = {"host": host, "content-length": "0", **request.headers}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"{request.method} {request.path} HTTP/1.1\r\n{lines}\r\n".encode())
            first, said, body = await asyncio.wait_for(_message(reader), ANSWER_S)
        except asyncio.IncompleteReadError as cut:
            writer.close()
            raise ConnectionResetError("the answer was cut") from cut
        except BaseException:
            writer.close()
            raise
        if said.get("connection") == "close":
            writer.close()
        else:
            self._idle.append((reader, writer))
        return Answer(int(first.split(" ", 2)[1]), body)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def _message(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """First line, headers and body. Raises IncompleteReadError at the end of the connection."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    return first, headers, await reader.readexactly(int(headers.get("content-length", "0")))
