"""A child that dies with its parent, however the parent ends: PR_SET_PDEATHSIG where there is Linux, kept through exec.

`python -m meshui.demo.envoy.leash PARENT PROGRAM ARGUMENTS…` becomes PROGRAM."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def hold(parent: int) -> None:
    """From now on this process is killed when `parent`, which started it, ends; exits if that has happened already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def command(*arguments: str) -> list[str]:
    """The command line that runs `arguments` on the leash of this process."""
    return [sys.executable, "-m", __name__, str(os.getpid()), *arguments]


if __name__ == "__main__":
    hold(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  what the demo itself asks for
