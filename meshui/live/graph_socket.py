"""`/ws/graph/?window=60s`: a snapshot, then deltas; the same bytes for every viewer of one window."""

import asyncio
import contextlib
from typing import Any
from urllib.parse import parse_qs

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer

from meshui.live.fanout import Slot
from meshui.running import running
from telemetry.window import LIVE_WINDOWS


class GraphSocket(AsyncWebsocketConsumer):
    """One viewer. Joins first, then gets the snapshot, then the deltas after it."""

    slot: Slot | None = None
    sender: asyncio.Task[None] | None = None
    sent: bytes | None = None

    async def connect(self) -> None:
        window = parse_qs(self.scope["query_string"].decode()).get("window", ["60s"])[0]
        if window not in LIVE_WINDOWS:
            await self.close(code=4400, reason=f"window is one of {', '.join(LIVE_WINDOWS)}")
            return
        await self.accept()
        self.slot = await running().fanout.join(window)
        self.sender = asyncio.create_task(self._push(self.slot))

    async def disconnect(self, code: int) -> None:
        del code
        if self.slot is not None:
            running().fanout.leave(self.slot)
        if self.sender is not None:
            self.sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.sender

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`{"type":"resync"}` starts over; anything else is no message of ours and closes the socket."""
        try:
            message: Any = orjson.loads(text_data or bytes_data or b"")
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict) or message.get("type") != "resync" or self.slot is None:
            await self.close(code=4400, reason='expected {"type":"resync"}')
            return
        self.slot.delta, self.slot.resync = None, True
        self.slot.changed.set()

    async def _push(self, slot: Slot) -> None:
        fanout = running().fanout
        seq = 0
        while True:
            delta = await slot.take()
            feed = fanout.feed(slot.window)
            if feed is None:
                slot.resync = True
                await asyncio.sleep(0.1)
                slot.changed.set()
                continue
            if delta is None:
                seq = feed.seq
                await self.send(text_data=feed.snapshot.decode())
            elif delta.seq > seq:
                await self.send(text_data=delta.text)
