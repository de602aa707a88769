"""Processes of the tests' own, that are killed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPO = Path(__file__).parent.parent.parent


@dataclass
class Child:
    process: subprocess.Popen[str]
    port: int

    def kill(self) -> None:
        """kill -9, at once."""
        self.process.kill()
        self.process.wait()

    def end(self) -> str:
        """Let it drain; what it prints at its end."""
        printed, _ = self.process.communicate(timeout=180)
        assert self.process.returncode == 0
        return printed

    def most_resident_mib(self) -> float:
        """The most memory it ever had."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        (kib,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
        return kib / 1024


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Start a receiver over one folder; `start("engine")` loads as well."""
    children: list[Child] = []

    def starting(*arguments: str) -> Child:
        command = [sys.executable, "-m", "tests.bad_days.child", str(tmp_path), *arguments]
        process = subprocess.Popen(
            command, cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        assert process.stdout is not None
        child = Child(process, int(process.stdout.readline()))
        children.append(child)
        return child

    yield starting
    for child in children:
        if child.process.poll() is None:
            child.kill()
