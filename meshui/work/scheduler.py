"""One plain thread a beat: call `work`, wait, again. An error is logged once a cause, and the beat goes on."""

import logging
import threading
import time
import traceback
from collections.abc import Callable

from django.db import close_old_connections

log = logging.getLogger("meshui.work")


Rest = Callable[[float], float]
"""Seconds of rest after work that usually takes this many seconds."""


def _none(_usual_s: float) -> float:
    return 0.0


class Beat:
    """Calls `work()` every `every_s` seconds; sooner when `nudge`d, but not within `apart_s` of its last start, nor
    before it has rested as long as `rest` makes of what the work usually takes: its share of a core is bounded, and
    one long beat does not silence the next."""

    def __init__(
        self, name: str, work: Callable[[], object], every_s: float, *, apart_s: float = 0.0, rest: Rest = _none
    ) -> None:
        self._work = work
        self._every_s = every_s
        self._apart_s = apart_s
        self._rest = rest
        self._usual_s: float | None = None
        self._failures = Failures(f"meshui-{name}")
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
            except Exception as error:
                self._failures.failed(error)
            else:
                self._failures.went_well()
            finally:
                close_old_connections()
            took = time.monotonic() - began
            self._stopped.wait(max(self._rest(self._usual(took)), self._apart_s - took))
            self._nudged.wait(max(0.0, began + self._every_s - time.monotonic()))
            self._nudged.clear()

    def _usual(self, took_s: float) -> float:
        """What the work usually takes: an average in which the newest beat weighs a quarter."""
        self._usual_s = took_s if self._usual_s is None else 0.75 * self._usual_s + 0.25 * took_s
        return self._usual_s


class Failures:
    """Says an error with its stack once, not every second: again only if its cause is another or it was gone between.
    The cause is the kind of error and where it was raised; texts carry sizes and ids that differ each time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cause: tuple[object, ...] | None = None
        self._times = 0

    def failed(self, error: Exception) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1:]
        cause = (type(error), getattr(error, "code", None), *((at.filename, at.lineno) for at in last))
        self._times += 1
        if cause != self._cause:
            log.error("%s failed; it is tried again", self._name, exc_info=error)
        self._cause = cause

    def went_well(self) -> None:
        if self._times:
            log.warning("%s works again after failing %d times", self._name, self._times)
        self._cause, self._times = None, 0
