"""The floor: the engine alone storing the same bytes into the same tables, in a child, so that its cost is its own:
`python -m meshui.bench.floor SIGNAL TABLE DIRECTORY SEGMENT…` prints JSON."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from meshui.bench.measure import cost
from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Signal
from telemetry.engine.migrate import migrate
from telemetry.spool.segment import framed, mark, received

MERGES_S = 20.0
SEGMENT_BYTES = 14 * 2**20
_PEER = b"127.0.0.1"


def cpu_us(signal: Signal, table: str, bodies: Iterable[tuple[int, bytes]]) -> float:
    """CPU µs a row of `table`: `bodies`, each with the Unix ns at which it is received, in segments as large as the
    spool seals them."""
    directory = Path(tempfile.mkdtemp(prefix="meshui-floor-"))
    try:
        segments = [str(path) for path in _segments(directory, bodies)]
        child = [sys.executable, "-m", "meshui.bench.floor", signal.value, table, str(directory / "engine"), *segments]
        answer = json.loads(subprocess.run(child, check=True, capture_output=True).stdout)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return float(answer["cpu_s"] / answer["rows"] * 1e6)


def _segments(directory: Path, bodies: Iterable[tuple[int, bytes]]) -> list[Path]:
    paths: list[Path] = []
    held: list[bytes] = []
    size = 0

    def seal() -> None:
        paths.append(directory / f"{len(paths)}.bin")
        paths[-1].write_bytes(b"".join(held))

    for at_ns, body in bodies:
        record = framed(received(body, at_ns, _PEER) + mark(len(paths) + 1, 1))
        held.append(record)
        size += len(record)
        if size >= SEGMENT_BYTES:
            seal()
            held, size = [], 0
    if held:
        seal()
    return paths


def main(signal: str, table: str, directory: str, segments: list[str]) -> None:
    """Load every segment, wait until background merges have ended, and say what it cost."""
    engine = open_embedded(Path(directory))
    migrate(engine)
    before, began = cost(os.getpid()), time.perf_counter()
    for number, segment in enumerate(segments):
        engine.insert(Signal(signal), Path(segment), f"floor-{number}")
    took = time.perf_counter() - began
    ends = time.monotonic() + MERGES_S
    while time.monotonic() < ends and engine.query("SELECT count() AS n FROM system.merges")[0]["n"]:
        time.sleep(0.2)
    after = cost(os.getpid())
    rows = engine.query(f"SELECT count() AS n FROM {table}")[0]["n"]
    engine.close()
    sys.stdout.write(json.dumps({"rows": rows, "cpu_s": after.cpu_s - before.cpu_s, "wall_s": took}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
