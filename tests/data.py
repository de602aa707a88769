"""Where the shared recordings are; a test that needs them is skipped where they are not."""

import os
from pathlib import Path

import pytest

_REPO = Path(__file__).parent.parent


def data_folder(name: str) -> Path:
    """A folder of the shared data, or a skip that names it."""
    folder = Path(os.environ.get("MESHUI_TEST_DATA", _REPO.parent / "shared" / "data")) / name
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder}; set MESHUI_TEST_DATA")
    return folder
