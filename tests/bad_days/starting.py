"""Running `meshui up` to its end, however it ends, and reading all it said."""

import os
import subprocess
import sys
from pathlib import Path

from meshui.bench.server import free_ports

PORTS = ("HTTP", "OTLP_HTTP", "OTLP_GRPC")


def environment(directory: Path, **settings: str) -> dict[str, str]:
    """Free ports and a directory of its own, with `settings` over them."""
    own = {"DATA_DIR": str(directory)} | {
        name: f"127.0.0.1:{port}" for name, port in zip(PORTS, free_ports(3), strict=True)
    }
    return dict(os.environ) | {f"MESHUI_{name}": value for name, value in (own | settings).items()}


def refused(directory: Path, *arguments: str, **settings: str) -> str:
    """What a start that must fail says on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "meshui", "up", *arguments],
        env=environment(directory, **settings), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return done.stderr
