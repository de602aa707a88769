"""One beat to all viewers: the tick hands bytes over, one subscription a window and process takes them, one slot a
socket holds them. A window that nobody looks at is not kept up, but for the one that every page begins with."""

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from channels.layers import get_channel_layer

from meshui.live.slot import Delta, Slot
from telemetry.graph.snapshot import Graph
from telemetry.publish.feed import Feed

ALWAYS = "60s"


def group(window: str) -> str:
    return f"graph.{window}"


@dataclass(eq=False)
class _Room:
    """Who looks at one window, and what brings them the deltas. `task` runs while `slots` is not empty."""

    slots: set[Slot] = field(default_factory=set)
    task: asyncio.Task[None] | None = None
    listening: asyncio.Event = field(default_factory=asyncio.Event)


class Fanout:
    """Newest feed by window, and who watches. The tick's thread calls `send`; `join` and `leave` are the loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._feeds: dict[str, Feed] = {}
        self._current: set[str] = set()
        self._rooms: dict[str, _Room] = {}

    def watched(self) -> set[str]:
        """Windows somebody looks at."""
        with self._lock:
            return set(self._rooms)

    def viewers(self) -> int:
        with self._lock:
            return sum(len(room.slots) for room in self._rooms.values())

    def feed(self, window: str) -> Feed | None:
        """Where a window was left, so that its `seq` never goes back; perhaps long ago."""
        return self._feeds.get(window)

    def current(self, window: str) -> Feed | None:
        """The feed of the last tick; None for a window that ticks do not keep up."""
        with self._lock:
            return self._feeds[window] if window in self._current else None

    def graph(self, window: str) -> Graph | None:
        """The judged graph of the last tick."""
        feed = self.current(window)
        return None if feed is None else feed.graph

    def send(self, window: str, feed: Feed) -> Future[Any] | None:
        """Keep the feed and push its delta to the window's group; to those who wait for a first one, the word that it
        is here. Called by the tick's thread."""
        with self._lock:
            first = window not in self._current
            self._feeds[window] = feed
            watched = window in self._rooms
            if watched or window == ALWAYS:
                self._current.add(window)
        if not watched or not (first or feed.delta):
            return None
        delta = None if first or feed.delta is None else feed.delta.decode()
        message = {"type": "graph.push", "seq": feed.seq, "delta": delta}
        return asyncio.run_coroutine_threadsafe(get_channel_layer().group_send(group(window), message), self._loop)

    async def join(self, window: str) -> Slot:
        """A new socket's slot. Deltas reach it from now on; the snapshot comes first, and includes some of them."""
        slot = Slot(window)
        with self._lock:
            room = self._rooms.setdefault(window, _Room())
            room.slots.add(slot)
        if room.task is None:
            room.task = asyncio.create_task(self._relay(window, room))
        try:
            await room.listening.wait()
        except asyncio.CancelledError:
            self.leave(slot)
            raise
        return slot

    def leave(self, slot: Slot) -> None:
        """Repeating it changes nothing. The last one out ends the window's subscription and its computation."""
        with self._lock:
            room = self._rooms.get(slot.window)
            if room is None or slot not in room.slots:
                return
            room.slots.remove(slot)
            if room.slots:
                return
            del self._rooms[slot.window]
            if slot.window != ALWAYS:
                self._current.discard(slot.window)
        if room.task is not None:
            room.task.cancel()

    async def _relay(self, window: str, room: _Room) -> None:
        """This process's one member of the window's group, for one room of viewers."""
        layer = get_channel_layer()
        channel = await layer.new_channel("graph")
        try:
            await layer.group_add(group(window), channel)
            room.listening.set()
            while True:
                message = await layer.receive(channel)
                if message["delta"] is None:
                    for slot in room.slots:
                        slot.start_over()
                    continue
                delta = Delta(message["seq"], message["delta"])
                for slot in room.slots:
                    slot.offer(delta)
        finally:
            await layer.group_discard(group(window), channel)
