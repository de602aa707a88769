"""Running `meshui` as a person does in a second shell, beside a server that runs."""

import os
import subprocess
import sys

from meshui.bench.server import Server


def meshui(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With the settings that the server was started with."""
    environ = dict(os.environ) | {
        "MESHUI_DATA_DIR": str(server.directory), "MESHUI_HTTP": f"127.0.0.1:{server.web}",
        "MESHUI_OTLP_HTTP": f"127.0.0.1:{server.otlp_http}", "MESHUI_OTLP_GRPC": f"127.0.0.1:{server.otlp_grpc}",
    }  # fmt: skip
    command = [sys.executable, "-m", "meshui", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)


def said(server: Server, *arguments: str) -> str:
    """What a command that works says on stdout."""
    done = meshui(server, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
