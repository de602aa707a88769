"""What one socket still has to send: one delta, or the word that it must start over. Never more, however slow it is."""

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Delta:
    """A delta message and its number; decoded once for all sockets."""

    seq: int
    text: str


@dataclass(eq=False)
class Slot:
    """Begins with a resync: who joins gets the snapshot. Used by the loop's thread only."""

    window: str
    _delta: Delta | None = None
    _resync: bool = True
    _filled: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._filled.set()

    def offer(self, delta: Delta) -> None:
        """The next delta; a socket that has not sent the one before starts over instead."""
        if self._resync or self._delta is not None:
            self.start_over()
            return
        self._delta = delta
        self._filled.set()

    def start_over(self) -> None:
        self._delta, self._resync = None, True
        self._filled.set()

    async def take(self) -> Delta | None:
        """The next delta, or None: send the snapshot. Waits until there is something to say."""
        await self._filled.wait()
        self._filled.clear()
        delta, self._delta, self._resync = self._delta, None, False
        return delta
