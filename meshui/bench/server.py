"""A MeshUI of the bench's own: `meshui up` as a child on free ports, over a directory that goes with it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READY_S = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running child: where it listens and its directory."""

    web: int
    otlp_http: int
    otlp_grpc: int
    directory: Path
    child: "subprocess.Popen[str]"

    @property
    def pid(self) -> int:
        return self.child.pid

    def get(self, path: str) -> Any:
        """JSON of a call of its API. Raises OSError if it does not answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web}{path}", timeout=30) as answer:
            return json.load(answer)

    def stop(self) -> int:
        """SIGTERM: drain and end; its exit code."""
        self.child.terminate()
        return self.child.wait(60)

    def kill(self) -> None:
        """SIGKILL: no drain, no goodbye."""
        self.child.kill()
        self.child.wait(60)


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def started(directory: Path, *flags: str, **settings: str) -> Server:
    """`meshui up` over `directory`, ready to be asked. `settings` without the MESHUI_ prefix. Raises RuntimeError."""
    web, http, grpc = free_ports(3)
    environ = dict(os.environ) | {
        "MESHUI_DATA_DIR": str(directory), "MESHUI_HTTP": f"127.0.0.1:{web}", "MESHUI_AUTH": "off",
        "MESHUI_OTLP_HTTP": f"127.0.0.1:{http}", "MESHUI_OTLP_GRPC": f"127.0.0.1:{grpc}",
    } | {f"MESHUI_{name}": value for name, value in settings.items()}  # fmt: skip
    log = (directory.parent / f"{directory.name}.log").open("a")
    command = [sys.executable, "-m", "meshui", "up", *flags]
    child = subprocess.Popen(command, env=environ, stdout=log, stderr=log, text=True)
    log.close()
    try:
        _until_ready(child, web)
    except RuntimeError:
        child.kill()
        raise
    return Server(web, http, grpc, directory, child)


@contextlib.contextmanager
def server(*flags: str, **settings: str) -> Iterator[Server]:
    """One in a directory that goes with it."""
    parent = Path(tempfile.mkdtemp(prefix="meshui-bench-"))
    try:
        running = started(parent / "data", *flags, **settings)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def _until_ready(child: "subprocess.Popen[str]", port: int) -> None:
    ends = time.monotonic() + READY_S
    while time.monotonic() < ends:
        if child.poll() is not None:
            raise RuntimeError(f"meshui up ended with {child.returncode} before it was ready")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"meshui up was not ready within {READY_S:.0f} s")
