"""The house: who imports whom, what is documented, what never enters the tree."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from meshui.config import as_markdown

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [
    ROOT / "requirements" / "run.lock",
    ROOT / "requirements" / "dev.lock",
    ROOT / "static" / "package-lock.json",
    ROOT / "tests" / "journeys" / "otel-js" / "package-lock.json",
]


def test_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_setting_is_documented() -> None:
    assert (ROOT / "docs" / "settings.md").read_text() == as_markdown(), "`make docs` writes it anew"


def test_every_call_and_page_is_documented() -> None:
    urls = (ROOT / "meshui" / "urls.py").read_text()
    documented = (ROOT / "docs" / "interface.md").read_text()
    for route in re.findall(r'path\("([^"]*)"', urls):
        shown = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
        assert f"`{shown}`" in documented, shown


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_lock_files_name_no_package_index(lock: Path) -> None:
    text = lock.read_text()
    assert '"resolved"' not in text
    assert not re.search(r"--(extra-)?index-url|--find-links|registry\.npmjs|pypi\.org|/simple/", text)


def test_every_run_time_pin_is_a_dependency_we_name_or_one_of_theirs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[<>=~ ]", line)[0].lower() for line in project["dependencies"]}
    locked = {
        line.split("==")[0] for line in (ROOT / "requirements" / "run.lock").read_text().splitlines() if "==" in line
    }
    assert named <= locked


def test_files_hold_one_idea() -> None:
    """Each module says its idea in its first line, and none is long enough for two."""
    for path in [*ROOT.glob("telemetry/**/*.py"), *ROOT.glob("meshui/**/*.py")]:
        text = path.read_text()
        if not text.strip() or "migrations" in path.parts:
            continue
        assert text.startswith('"""'), f"{path} does not say what it is for"
        assert text.count("\n") <= 450, f"{path} is long enough for two ideas"


def test_no_third_party_file_is_tracked() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not tracked:
        pytest.skip("not a git checkout: nothing is tracked")
    assert not [name for name in tracked if name.startswith(("static/dist/", "static/node_modules/"))]
    assert not [name for name in tracked if (ROOT / name).is_file() and (ROOT / name).stat().st_size > 600 * 1024]
