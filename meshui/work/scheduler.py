"""One plain thread a beat: call `work`, wait, again. An error is logged and counted, and the beat goes on."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections

log = logging.getLogger("meshui.work")


class Beat:
    """Calls `work()` every `every_s` seconds, sooner when `nudge`d; rests `rest` times as long as the work took."""

    def __init__(self, name: str, work: Callable[[], object], every_s: float, rest: float = 0.0) -> None:
        self._work = work
        self._every_s = every_s
        self._rest = rest
        self._nudged = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"meshui-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        """There is something to do: do not wait for the rest of the beat."""
        self._nudged.set()

    def stop(self, timeout_s: float = 30.0) -> None:
        """Let the work in hand end, then end the thread."""
        self._stopped.set()
        self._nudged.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                self._work()
            except Exception:
                log.exception("%s failed; it is tried again", self._thread.name)
            finally:
                close_old_connections()
            took = time.monotonic() - began
            self._stopped.wait(self._rest * took)
            self._nudged.wait(max(0.0, self._every_s - (1 + self._rest) * took))
            self._nudged.clear()
