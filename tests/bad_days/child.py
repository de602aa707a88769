"""A receiver in a process of its own, to be killed: `python -m tests.bad_days.child FOLDER [engine]`.

Prints its HTTP port, serves until its standard input ends. With `engine` it loads what it seals as well, and at its end
drains and prints the ids of all spans that the engine has, as numbers, one JSON array."""

import asyncio
import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Engine, Signal
from telemetry.engine.migrate import migrate
from telemetry.receive.admission import Admission
from telemetry.receive.http_server import otlp_http
from telemetry.receive.limits import Limits
from telemetry.receive.tally import Tally
from telemetry.spool.loader import Loader
from telemetry.spool.spool import Spool
from tests.telemetry.receive.serving import free_socket

SEAL_S = dict.fromkeys(Signal, 0.05)


def _engine(folder: Path) -> Engine:
    engine = open_embedded(folder / "engine")
    migrate(engine)
    return engine


def _say(value: int | list[int]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def _serve(spool: Spool) -> None:
    listening = free_socket()
    listening.listen()
    app = otlp_http(spool.append, lambda _token: Admission.GRANTED, Limits(), Tally())
    server = uvicorn.Server(uvicorn.Config(app, http="httptools", ws="none", log_level="warning", access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    _say(listening.getsockname()[1])
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


def main() -> None:
    folder = Path(sys.argv[1])
    engine = _engine(folder) if "engine" in sys.argv else None
    spool = Spool.open(folder / "spool", seal_s=SEAL_S)
    if engine is None:
        asyncio.run(_serve(spool))
        spool.close()
        return
    loader = Loader(spool, engine, lambda: datetime.now(UTC))
    ended = threading.Event()

    def load() -> None:
        while not ended.wait(0.01):
            loader.load_sealed()

    thread = threading.Thread(target=load)
    thread.start()
    asyncio.run(_serve(spool))
    ended.set()
    thread.join()
    spool.close()
    assert loader.drain(120), loader.state()
    rows = engine.query("SELECT span_id FROM spans")
    _say([int.from_bytes(row["span_id"].to_bytes(8, "little")) for row in rows])
    engine.close()


if __name__ == "__main__":
    main()
