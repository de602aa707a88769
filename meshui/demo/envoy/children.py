"""The processes of the mesh: started on a leash, heard, killed, ended; one that fails is quoted in a sentence."""

import asyncio
import contextlib
import json
import signal
from collections import deque
from collections.abc import Sequence

from meshui.demo.envoy.counts import Counts
from meshui.demo.envoy.service import READY, Orders

_LIMIT = 1 << 20


class Failed(Exception):
    """A part of the mesh ended by itself; the text names it and quotes its last words."""


class Child:
    """One process. Its own session: Ctrl-C is for the parent, which ends its children in order."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name, self.process = name, process
        self._last: deque[str] = deque(maxlen=5)
        self._hearing = asyncio.create_task(self._hear())

    @classmethod
    async def start(cls, name: str, command: Sequence[str]) -> "Child":
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, limit=_LIMIT
        )
        return cls(name, process)

    def check(self) -> None:
        """Raises Failed if it has ended."""
        code = self.process.returncode
        if code is not None:
            how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
            raise Failed(f"{self.name} {how}{f': {self._last[-1]}' if self._last else '.'}")

    def tell(self, line: bytes) -> None:
        if self.process.stdin is not None and self.process.returncode is None:
            self.process.stdin.write(line)

    async def line(self) -> bytes:
        """The next line of its standard output; empty at its end."""
        return await self.process.stdout.readline() if self.process.stdout is not None else b""

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.heard()

    async def end(self, within_s: float) -> None:
        """Close its standard input and ask it to end; then see to it."""
        with contextlib.suppress(ProcessLookupError, ConnectionError):
            if self.process.stdin is not None:
                self.process.stdin.close()
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), within_s)
        except TimeoutError:
            await self.kill()
        await self.heard()

    async def heard(self) -> None:
        """Returns once it has ended and all it said is known."""
        await self.process.wait()
        await self._hearing

    async def _hear(self) -> None:
        if self.process.stderr is None:
            return
        async for line in self.process.stderr:
            if text := line.decode(errors="replace").strip():
                self._last.append(text)


class ServiceChild:
    """A small service; what it counts goes into `counts`."""

    def __init__(self, child: Child, counts: Counts) -> None:
        self.child = child
        self._counting = asyncio.create_task(self._count(counts))

    @classmethod
    async def start(cls, command: Sequence[str], orders: Orders, counts: Counts) -> "ServiceChild":
        """Returns when it listens. Raises Failed."""
        child = await Child.start(f"The service {orders.instance}", command)
        child.tell(orders.line())
        if (await child.line()).strip() != READY.encode():
            await child.heard()
            child.check()
        return cls(child, counts)

    async def end(self, within_s: float) -> None:
        """It leaves when its standard input ends, and says its last counts before."""
        if self.child.process.stdin is not None:
            self.child.process.stdin.close()
        try:
            await asyncio.wait_for(self.child.process.wait(), within_s)
        except TimeoutError:
            await self.child.kill()
        await self._counting

    async def kill(self) -> None:
        await self.child.kill()
        await self._counting

    async def _count(self, counts: Counts) -> None:
        while line := await self.child.line():
            counts.take(json.loads(line))
