"""Scrapes the targets of MESHUI_SCRAPE, each every 15 seconds, and keeps what it knows of them for /status.

A few threads of its own read and parse; what a scrape found goes to the spool like what a sender sent. A target that
hangs holds up one of them, and for no longer than a scrape may take."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from meshui.scrape import fetch, page
from meshui.scrape.target import FILES, Files, Target, fixed
from telemetry.receive import remote_write
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.tally import Origin

log = logging.getLogger(__name__)

EVERY_S = 15.0
LOOK_S = 0.5
WORKERS = 4
STOP_S = 2.0
PROTOCOL = "scrape"

Store = Callable[[Batch, Origin], Rejection | None]
"""Durable and counted when it answers None; blocks meanwhile."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a target's last scrape said. `error` is empty if it went well; `since`: when it first went so, unbroken.
    `last`: the last time it went well."""

    target: Target
    error: str = ""
    since: datetime | None = None
    last: datetime | None = None
    samples: int = 0


@dataclass(frozen=True, slots=True)
class ScrapeState:
    """Every target, in the order of the setting, and why files of targets cannot be read."""

    targets: tuple[Known, ...]
    errors: tuple[str, ...]

    @property
    def down(self) -> tuple[Known, ...]:
        """Those whose last scrape failed."""
        return tuple(known for known in self.targets if known.error)


class Scraper:
    """`start`, then `stop` once. `state` from any thread."""

    def __init__(self, entries: tuple[str, ...], store: Store, every_s: float = EVERY_S) -> None:
        self._fixed = tuple(fixed(entry) for entry in entries if not entry.startswith(FILES))
        self._files = tuple(Files(entry) for entry in entries if entry.startswith(FILES))
        self._store, self._every_s = store, every_s
        self._lock = Lock()
        self._known: dict[Target, Known] = {}
        self._due: dict[Target, float] = {}
        self._busy: set[Target] = set()
        self._queue: SimpleQueue[Target | None] = SimpleQueue()
        self._stopped = Event()
        self._threads = [Thread(target=self._look, name="scrape", daemon=True)] + [
            Thread(target=self._work, name=f"scrape-{n}", daemon=True) for n in range(WORKERS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No more scrapes. One that hangs is left alone: nothing of it is kept."""
        self._stopped.set()
        for _ in range(WORKERS):
            self._queue.put(None)
        ends = time.monotonic() + STOP_S
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def state(self) -> ScrapeState:
        """As of the last scrapes."""
        with self._lock:
            return ScrapeState(tuple(self._known.values()), tuple(files.error for files in self._files if files.error))

    def _look(self) -> None:
        """Puts whoever is due into the queue."""
        while not self._stopped.is_set():
            targets = dict.fromkeys((*self._fixed, *(target for files in self._files for target in files.targets())))
            now = time.monotonic()
            with self._lock:
                self._known = {target: self._known.get(target, Known(target)) for target in targets}
                self._due = {target: self._due.get(target, now) for target in targets}
                due = [target for target, at in self._due.items() if at <= now and target not in self._busy]
                self._busy.update(due)
                self._due.update((target, now + self._every_s) for target in due)
            for target in due:
                self._queue.put(target)
            self._stopped.wait(min(LOOK_S, self._every_s))

    def _work(self) -> None:
        while (target := self._queue.get()) is not None:
            if self._stopped.is_set():
                return
            try:
                self._scrape(target)
            except Exception:
                log.exception("A scrape of %s failed in a way that nobody thought of; it is tried again", target.url)
            finally:
                with self._lock:
                    self._busy.discard(target)

    def _scrape(self, target: Target) -> None:
        at = datetime.now(UTC)
        at_ms = int(at.timestamp() * 1000)
        try:
            text, kind = fetch.page(target.url)
            request = page.read(text, kind, target.labels, at_ms)
            error = ""
        except fetch.Failed as failed:
            request, error = page.down(target.labels, at_ms), str(failed)
        except page.Unreadable as unreadable:
            request, error = page.down(target.labels, at_ms), f"its page cannot be read: {unreadable}"
        if self._stopped.is_set():
            return
        error, samples = self._kept(request, target, error)
        self._note(target, at, error, samples)

    def _kept(self, request: Any, target: Target, error: str) -> tuple[str, int]:
        """Why it is not, and how many samples are."""
        batch = remote_write.check(remote_write.TWO, request.SerializeToString())
        no = batch if isinstance(batch, Rejection) else self._store(batch, Origin(PROTOCOL, target.address, ""))
        if no is not None:
            return error or no.text, 0
        return error, batch.count if isinstance(batch, Batch) else 0

    def _note(self, target: Target, at: datetime, error: str, samples: int) -> None:
        with self._lock:
            before = self._known.get(target)
            if before is None:
                return  # it has left the file meanwhile
            same = before.since is not None and bool(before.error) == bool(error)
            self._known[target] = replace(
                before,
                error=error,
                since=before.since if same else at,
                last=before.last if error else at,
                samples=samples,
            )
