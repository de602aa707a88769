"""`/ws/graph/?window=60s`: a snapshot, then deltas; the same bytes for every viewer of one window."""

import asyncio
import logging
from typing import Any
from urllib.parse import parse_qs

import orjson
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from meshui.access.refusal import refuse
from meshui.live.slot import Slot
from meshui.running import running
from telemetry.window import LIVE_WINDOWS

log = logging.getLogger(__name__)


class GraphSocket(AsyncWebsocketConsumer):
    """One viewer. Joins first, then gets the snapshot, then the deltas after it."""

    slot: Slot | None = None
    pushing: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        window = parse_qs(self.scope["query_string"].decode("latin1")).get("window", ["60s"])[0]
        if window not in LIVE_WINDOWS:
            detail = f"window: {window[:40]!r} is none of {', '.join(LIVE_WINDOWS)}"
            await refuse(self.scope, self.base_send, 400, "Bad question", detail)
            raise StopConsumer
        await self.accept()
        self.slot = await running().fanout.join(window)
        self.pushing = asyncio.create_task(self._push(self.slot))

    async def disconnect(self, code: int) -> None:
        del code
        if self.slot is not None:
            running().fanout.leave(self.slot)
        if self.pushing is not None:
            self.pushing.cancel()
            await asyncio.wait([self.pushing])

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`{"type":"resync"}` starts over; anything else is no message of ours and closes the socket."""
        try:
            message: Any = orjson.loads(text_data or bytes_data or b"")
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict) or message.get("type") != "resync" or self.slot is None:
            await self.close(code=4400, reason='expected {"type":"resync"}')
            return
        self.slot.start_over()

    async def _push(self, slot: Slot) -> None:
        try:
            await self._say(slot)
        except OSError:
            return  # the viewer is gone; the server says so to `disconnect`
        except Exception:
            log.exception("A viewer of %s cannot be served", slot.window)
            await self.close(code=1011)

    async def _say(self, slot: Slot) -> None:
        fanout = running().fanout
        seq = 0
        while True:
            delta = await slot.take()
            if delta is not None and delta.seq <= seq:
                continue
            if delta is not None and delta.seq == seq + 1:
                seq = delta.seq
                await self.send(text_data=delta.text)
                continue
            feed = fanout.current(slot.window)
            # Without a feed yet, the tick that makes the first one says so to the slot.
            if feed is not None:
                seq = feed.seq
                await self.send(text_data=feed.snapshot.decode())
