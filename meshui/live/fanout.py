"""One beat to all viewers: the tick hands bytes over, one subscription a process takes them, one slot a socket holds
"next delta or resync". A slow reader is dropped to a snapshot, never buffered."""

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from channels.layers import get_channel_layer

from telemetry.graph.snapshot import Graph
from telemetry.publish.feed import Feed


def group(window: str) -> str:
    return f"graph.{window}"


@dataclass(frozen=True, slots=True)
class Delta:
    """A delta message and its number; decoded once for all sockets."""

    seq: int
    text: str


@dataclass(eq=False)
class Slot:
    """What one socket still has to send: at most one delta, or the word that it must start over."""

    window: str
    delta: Delta | None = None
    resync: bool = True
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, delta: Delta) -> None:
        if self.delta is not None or self.resync:
            self.delta, self.resync = None, True
        else:
            self.delta = delta
        self.changed.set()

    async def take(self) -> Delta | None:
        """The next delta, or None: send the snapshot. Waits until there is something to say."""
        await self.changed.wait()
        self.changed.clear()
        delta, self.delta, resync = self.delta, None, self.resync
        self.resync = False
        return None if resync else delta


class Fanout:
    """Latest graph and feed by window, and who watches. The tick's thread calls `send`, the loop all else."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._feeds: dict[str, Feed] = {}
        self._graphs: dict[str, Graph] = {}
        self._slots: dict[str, set[Slot]] = {}
        self._subscriptions: dict[str, asyncio.Task[None]] = {}

    def watched(self) -> set[str]:
        """Windows somebody looks at."""
        with self._lock:
            return {window for window, slots in self._slots.items() if slots}

    def viewers(self) -> int:
        with self._lock:
            return sum(len(slots) for slots in self._slots.values())

    def feed(self, window: str) -> Feed | None:
        return self._feeds.get(window)

    def graph(self, window: str) -> Graph | None:
        """The last judged graph of a window; None until the first tick."""
        return self._graphs.get(window)

    def send(self, window: str, graph: Graph, feed: Feed) -> Future[Any] | None:
        """Keep the graph and its feed, and push the feed's delta to the window's group. Called by the tick's thread."""
        self._graphs[window] = graph
        self._feeds[window] = feed
        if feed.delta is None or window not in self.watched():
            return None
        layer = get_channel_layer()
        message = {"type": "graph.delta", "seq": feed.seq, "delta": feed.delta.decode()}
        return asyncio.run_coroutine_threadsafe(layer.group_send(group(window), message), self._loop)

    async def join(self, window: str) -> Slot:
        """A new socket's slot; it starts with the snapshot."""
        slot = Slot(window)
        slot.changed.set()
        with self._lock:
            self._slots.setdefault(window, set()).add(slot)
        if window not in self._subscriptions:
            self._subscriptions[window] = asyncio.create_task(self._relay(window))
        return slot

    def leave(self, slot: Slot) -> None:
        with self._lock:
            self._slots[slot.window].discard(slot)
            empty = not self._slots[slot.window]
        if empty and (task := self._subscriptions.pop(slot.window, None)) is not None:
            task.cancel()

    async def _relay(self, window: str) -> None:
        """This process's one member of the window's group."""
        layer = get_channel_layer()
        channel = await layer.new_channel("graph")
        await layer.group_add(group(window), channel)
        try:
            while True:
                message = await layer.receive(channel)
                with self._lock:
                    slots = tuple(self._slots.get(window, ()))
                delta = Delta(message["seq"], message["delta"])
                for slot in slots:
                    slot.offer(delta)
        finally:
            await layer.group_discard(group(window), channel)
