"""The built wheel in an empty environment, outside the repository, with neither Node nor an index at hand."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from meshui.bench.server import free_ports
from tests.bad_days.starting import environment
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Installed:
    python: Path
    wheel: Path
    folder: Path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """What MeshUI depends on is lent by this environment, MeshUI itself comes from the wheel alone."""
    if not (ROOT / "static" / "dist" / "manifest.json").is_file():
        pytest.skip("static/dist is not built: make setup")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("meshui-*.whl")
    venv.create(folder / "empty", with_pip=False, symlinks=True)
    python = folder / "empty" / "bin" / "python"
    own = ["--prefix", str(folder / "empty"), "--no-index", "--no-deps", "--ignore-installed", str(wheel)]
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-warn-script-location",
    ]
    done = subprocess.run([*pip, *own], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    packages = next((folder / "empty" / "lib").glob("python*/site-packages"))
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(python, wheel, folder)


@pytest.fixture(scope="module")
def address(installed: Installed) -> Iterator[str]:
    """Where `meshui up --demo` of the wheel answers."""
    web, http, grpc = free_ports(3)
    environ = environment(
        installed.folder / "data", AUTH="off", HTTP=f"127.0.0.1:{web}", OTLP_HTTP=f"127.0.0.1:{http}",
        OTLP_GRPC=f"127.0.0.1:{grpc}",
    )  # fmt: skip
    environ = {name: value for name, value in environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environ["PATH"] = os.defpath  # no Node
    log = (installed.folder / "log").open("w")
    command = [str(installed.python), "-m", "meshui", "up", "--demo"]
    child = subprocess.Popen(command, cwd=installed.folder, env=environ, stdout=log, stderr=log)
    log.close()
    url = f"http://127.0.0.1:{web}"

    def answers() -> bool:
        assert child.poll() is None, (installed.folder / "log").read_text()
        try:
            return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(answers, "the server of the wheel")
        yield url
    finally:
        child.terminate()
        assert child.wait(60) == 0


def test_it_is_the_wheel_that_runs(installed: Installed) -> None:
    where = "import meshui, telemetry; print(meshui.__file__, telemetry.__file__)"
    said = subprocess.run([installed.python, "-c", where], cwd="/", capture_output=True, text=True, check=True).stdout
    assert all(path.startswith(str(installed.folder / "empty")) for path in said.split()), said


def test_pages_and_what_they_load_are_served(address: str) -> None:
    with httpx.Client(base_url=address, timeout=30) as client:
        until(lambda: len(client.get("/api/v1/graph").json()["edges"]) > 10, "the demo's calls on the graph")
        for path in ("/", "/graph/"):
            page = client.get(path)
            assert page.status_code == 200
            named = [word for word in page.text.split('"') if word.startswith("/static/")]
            assert any(".css" in name for name in named)
            assert any(".js" in name for name in named)
            for name in named:
                assert client.get(name.partition("#")[0]).status_code == 200, name
        assert 'data-node="' in client.get("/graph/").text


def test_the_wheel_carries_what_it_needs_and_no_more(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    assert any(name.endswith("THIRD_PARTY_NOTICES.txt") for name in names)
    assert any("telemetry/engine/migrations/0001_" in name for name in names)
    assert any(name.endswith("LICENSE") for name in names)
    wrong = [name for name in names if "node_modules" in name or name.startswith("tests/") or "__pycache__" in name]
    assert wrong == []


def test_the_command_is_installed(installed: Installed) -> None:
    command = installed.folder / "empty" / "bin" / "meshui"
    done = subprocess.run(
        [installed.python, command, "snippets", "sdk"], cwd="/", capture_output=True, text=True, check=False,
        env=dict(os.environ) | {"MESHUI_DATA_DIR": str(installed.folder / "other")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in done.stdout
