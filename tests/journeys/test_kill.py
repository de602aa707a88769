"""`kill -9` in the middle of 20,000 acknowledged spans, ten times, then restart: every acknowledged span is there once."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

from meshui.bench.bodies import prepared, templates
from meshui.bench.client import head
from meshui.bench.server import Server, started

KILLS, REQUESTS, SPANS = 10, 200, 100
COUNT = """
import json, sys
from pathlib import Path
from telemetry.engine.embedded import open_embedded
engine = open_embedded(Path(sys.argv[1]))
print(json.dumps(engine.query(
    "SELECT count() AS stored, uniqExact(trace_id, span_id) AS different FROM spans")[0]))
engine.close()
"""


def test_what_was_acknowledged_survives_ten_kills(tmp_path: Path) -> None:
    made_of, acknowledged, sent = templates(SPANS), 0, 0
    for round_number in range(KILLS):
        server = started(tmp_path / "data")
        at_ns = time.time_ns()
        bodies = list(prepared(made_of, REQUESTS, at_ns, 1_000_000, seed=round_number))
        killer = Killer(server, after=(round_number + 1) * REQUESTS // (KILLS + 1))
        answered = asyncio.run(send_until_killed(server.otlp_http, bodies, killer))
        acknowledged += answered
        sent += len(bodies)
    server = started(tmp_path / "data")
    assert server.stop() == 0
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(tmp_path / "data" / "engine")], capture_output=True, text=True, check=True
    )
    counted = json.loads(done.stdout)
    assert counted["stored"] == counted["different"], "a span is stored twice"
    assert acknowledged * SPANS <= counted["stored"] <= sent * SPANS
    assert 0 < acknowledged < sent, "the kills came too late or too early to prove anything"


class Killer:
    """Kills the server once `after` requests have been answered."""

    def __init__(self, server: Server, after: int) -> None:
        self._server, self._left = server, after
        self._lock = threading.Lock()

    def answered(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._server.kill()


async def send_until_killed(port: int, bodies: list[bytes], killer: Killer) -> int:
    """How many requests were answered 200 before the connection broke; four connections at once."""
    todo = iter(bodies)
    answered = 0

    async def worker() -> None:
        nonlocal answered
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for body in todo:
                writer.write(head("/v1/traces", len(body), compressed=False) + body)
                answer = await reader.readuntil(b"\r\n\r\n")
                assert answer.startswith(b"HTTP/1.1 200")
                size = next(
                    int(line.split(b":")[1])
                    for line in answer.lower().split(b"\r\n")
                    if line.startswith(b"content-length")
                )
                await reader.readexactly(size)
                answered += 1
                killer.answered()
        except (OSError, asyncio.IncompleteReadError):
            return

    await asyncio.gather(*(worker() for _ in range(4)))
    return answered
