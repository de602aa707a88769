"""A running MeshUI without its sockets and threads: engine, spool and ticker held as up.py holds them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from meshui.live.fanout import Fanout
from meshui.running import Running, hold
from meshui.work.tick import Ticker
from telemetry.engine.engine import Engine
from telemetry.receive.tally import Tally
from telemetry.spool.loader import Loader
from telemetry.spool.spool import Spool

FIRST_SEQ = 1_000


@contextmanager
def held(engine: Engine, folder: Path, loop: asyncio.AbstractEventLoop | None = None) -> Iterator[Running]:
    """Asked by every door until the block ends. Nothing ticks by itself: call `ticker.tick(now)`."""
    spool = Spool.open(folder / "spool", 10_000_000)
    fanout = Fanout(loop or asyncio.new_event_loop())
    loader = Loader(spool, engine, lambda: datetime.now(UTC))
    ticker = Ticker(engine, fanout, FIRST_SEQ, lateness_s=10)
    running = Running(datetime.now(UTC), engine, spool, loader, Tally(), fanout, ticker)
    running.receivers = {"otlp_http": "127.0.0.1:4318", "otlp_grpc": "127.0.0.1:4317"}
    hold(running)
    try:
        yield running
    finally:
        hold(None)
        spool.close()
