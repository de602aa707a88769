"""The floor: the engine alone storing the same bytes into the same landing table. A child, so that its cost is its own:
`python -m meshui.bench.floor DIRECTORY SEGMENT…` prints JSON."""

import json
import os
import sys
import time
from pathlib import Path

from meshui.bench.measure import cost
from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Signal
from telemetry.engine.migrate import migrate

MERGES_S = 20.0


def main(directory: str, segments: list[str]) -> None:
    """Load every segment, wait until background merges have ended, and say what it cost."""
    engine = open_embedded(Path(directory))
    migrate(engine)
    before, began = cost(os.getpid()), time.perf_counter()
    for number, segment in enumerate(segments):
        engine.insert(Signal.TRACES, Path(segment), f"floor-{number}")
    took = time.perf_counter() - began
    ends = time.monotonic() + MERGES_S
    while time.monotonic() < ends and engine.query("SELECT count() AS n FROM system.merges")[0]["n"]:
        time.sleep(0.2)
    after = cost(os.getpid())
    spans = engine.query("SELECT count() AS n FROM spans")[0]["n"]
    engine.close()
    sys.stdout.write(json.dumps({"spans": spans, "cpu_s": after.cpu_s - before.cpu_s, "wall_s": took}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
