"""Stopping: what was acknowledged is stored, the demo goes too, the log is quiet, and a second start goes on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from meshui.bench.server import Server, started
from tests.bad_days.sending import post, request_of
from tests.waiting import until

SPANS = 200


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`meshui up` over one directory; what a failing test leaves running is ended."""
    running: list[Server] = []

    def begin(*flags: str) -> Server:
        running.append(started(tmp_path / "data", *flags))
        return running[-1]

    yield begin
    for server in running:
        if server.child.poll() is None:
            server.kill()


def log_of(server: Server) -> str:
    return (server.directory.parent / f"{server.directory.name}.log").read_text()


def children(pid: int) -> list[int]:
    """Of its main thread, which starts the demo."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_stores_what_was_acknowledged(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    running = start()
    for first in range(1, SPANS, 50):
        assert post(running, request_of("cart", range(first, first + 50))).status == 200
    running.child.send_signal(number)
    assert running.child.wait(60) == 0
    said = log_of(running)
    assert "Traceback" not in said
    assert "ERROR" not in said
    assert not list((tmp_path / "data" / "spool").rglob("*.traces.*"))

    again = start()
    assert again.get("/api/v1/status")["engine"]["spans"] == SPANS
    assert again.stop() == 0


def test_a_stop_with_viewers_and_the_demo_is_quiet_and_takes_the_demo_along(start: Start) -> None:
    running = start("--demo")
    (demo,) = children(running.pid)
    with connect(f"ws://127.0.0.1:{running.web}/ws/graph/", max_size=None) as viewer:
        assert json.loads(viewer.recv(30))["type"] == "snapshot"
        assert json.loads(viewer.recv(30))["type"] == "delta"
        assert running.stop() == 0
    assert not alive(demo)
    said = log_of(running)
    assert "Traceback" not in said
    assert "ERROR" not in said
    assert "fork" not in said, "gRPC's word about its fork handlers"


def test_the_demo_does_not_outlive_a_parent_that_is_killed(start: Start) -> None:
    running = start("--demo")
    (demo,) = children(running.pid)
    running.kill()
    until(lambda: not alive(demo), "the demo gone")


def test_a_demo_without_a_parent_says_nothing_and_leaves() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "meshui.demo", "--tied"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, timeout=60, env=dict(os.environ),
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
