"""`kill -9` in the middle of 20,000 spans, ten times, then restart: every acknowledged span is there once."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

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
    "SELECT hex(trace_id) AS trace, hex(reinterpretAsFixedString(span_id)) AS span FROM spans")))
engine.close()
"""


def test_what_was_acknowledged_survives_ten_kills(tmp_path: Path) -> None:
    made_of, sent = templates(SPANS), 0
    acknowledged: list[bytes] = []
    for round_number in range(KILLS):
        server = started(tmp_path / "data")
        at_ns = time.time_ns()
        bodies = list(prepared(made_of, REQUESTS, at_ns, 1_000_000, seed=round_number))
        killer = Killer(server, after=(round_number + 1) * REQUESTS // (KILLS + 1))
        acknowledged += asyncio.run(send_until_killed(server.otlp_http, bodies, killer))
        sent += len(bodies)
    server = started(tmp_path / "data")
    assert server.stop() == 0
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(tmp_path / "data" / "engine")], capture_output=True, text=True, check=True
    )
    stored = [int(row["trace"] + row["span"], 16) for row in json.loads(done.stdout)]
    assert len(stored) == len(set(stored)), "a span is stored twice"
    assert ids(acknowledged) <= set(stored), "an acknowledged span is lost"
    assert 0 < len(acknowledged) < sent, "the kills came too late or too early to prove anything"


def ids(bodies: list[bytes]) -> set[int]:
    """Trace and span id of every span, as one number."""
    return {
        int.from_bytes(span.trace_id + span.span_id, "big")
        for body in bodies
        for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    }


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


async def send_until_killed(port: int, bodies: list[bytes], killer: Killer) -> list[bytes]:
    """The bodies that were answered 200 before the connection broke; four connections at once."""
    todo = iter(bodies)
    answered: list[bytes] = []

    async def worker() -> None:
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
                answered.append(body)
                killer.answered()
        except (OSError, asyncio.IncompleteReadError):
            return

    await asyncio.gather(*(worker() for _ in range(4)))
    return answered
