"""The demo mesh as a child by exec: a client like any other. Its standard input ties it to this process: the first line
says where to send, and its end, however this process ends, ends the demo."""

import json
import subprocess
import sys

LEAVE_S = 10.0


class DemoChild:
    """Started first of all, so that it is loaded by the time the receivers are there; it sends nothing before `go`."""

    def __init__(self, mesh: str) -> None:
        command = [sys.executable, "-m", "meshui.demo", "--tied", "--mesh", mesh]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, text=True)  # noqa: S603  our own words

    def go(self, endpoint: str, token: str, certificate: str) -> None:
        """`token` and `certificate` (a path) may be empty."""
        said = {"endpoint": endpoint, "token": token, "certificate": certificate}
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(said) + "\n")
            self._process.stdin.flush()

    def stop(self) -> None:
        """Let it send what it has, then be sure that it is gone. Blocks. Repeating it changes nothing."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
