"""A start that cannot be: one plain sentence, exit code 1, no stack, nothing left running."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from meshui.bench.server import started
from tests.bad_days.starting import environment, refused


def one_sentence(said: str, *facts: str) -> None:
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    assert "Traceback" not in said
    for fact in facts:
        assert fact in said


@pytest.mark.parametrize("name", ["HTTP", "OTLP_HTTP", "OTLP_GRPC"])
def test_a_port_is_taken(tmp_path: Path, name: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        one_sentence(refused(tmp_path / "data", "--demo", **{name: address}), address, f"MESHUI_{name}")
    assert not (tmp_path / "data" / "spool").exists(), "nothing is opened before the ports are ours"


def test_the_directory_is_another_servers(tmp_path: Path) -> None:
    running = started(tmp_path / "data")
    try:
        one_sentence(refused(tmp_path / "data", "--demo"), str(tmp_path / "data"), "MESHUI_DATA_DIR")
        assert running.get("/readyz")["ready"]
    finally:
        assert running.stop() == 0


def test_the_directory_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    one_sentence(refused(tmp_path / "file"), str(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_the_directory_is_not_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    one_sentence(refused(tmp_path / "data"), str(tmp_path / "data"))


def test_check_says_every_fault_at_once(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        files = {"TLS_CERT": str(tmp_path / "none.pem"), "TLS_KEY": str(tmp_path / "none.pem")}
        environ = environment(tmp_path / "data", OTLP_GRPC=address, **files)
        command = [sys.executable, "-m", "meshui", "check"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    faults = [line for line in done.stdout.splitlines() if line.startswith("FAULT")]
    assert len(faults) == 2, done.stdout
    assert address in faults[0]
    assert "MESHUI_TLS_CERT" in faults[1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_certificate_that_is_none(tmp_path: Path, content: str | None) -> None:
    for name in ("cert.pem", "key.pem"):
        if content is not None:
            (tmp_path / name).write_text(content)
    files = {"TLS_CERT": str(tmp_path / "cert.pem"), "TLS_KEY": str(tmp_path / "key.pem")}
    one_sentence(refused(tmp_path / "data", **files), "MESHUI_TLS_CERT")


@pytest.mark.parametrize(
    ("settings", "facts"),
    [
        ({"AUTH": "off", "HTTP": "0.0.0.0:0"}, ("MESHUI_AUTH=off is refused", "0.0.0.0")),
        ({"TLS_CERT": "/x"}, ("MESHUI_TLS_KEY",)),
        ({"TICK": "soon"}, ("MESHUI_TICK", "soon")),
        ({"MAX_SERVICES": "1"}, ("MESHUI_MAX_SERVICES", "from 2")),
        ({"HTTP": "8000"}, ("MESHUI_HTTP", "host:port")),
        ({"HTTP": "no.such.host.invalid:0"}, ("MESHUI_HTTP", "no.such.host.invalid")),
    ],
)
def test_settings_that_cannot_stand(tmp_path: Path, settings: dict[str, str], facts: tuple[str, ...]) -> None:
    one_sentence(refused(tmp_path / "data", **settings), *facts)
