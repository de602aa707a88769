"""One function per fault: behind `meshui check` and /readyz. Each says in one sentence what is wrong and what to do."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, connection

from meshui.running import Running
from telemetry.engine.engine import EngineError

LATE = timedelta(seconds=60)
LEAST_FREE_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of MeshUI, whether it works, and the sentence."""

    name: str
    ok: bool
    text: str

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "ok": self.ok, "text": self.text}


def parts(running: Running, now: datetime) -> list[Part]:
    """Every part of a running server."""
    return [engine(running), own_database(), spool(running), disk(running.spool.folder), tick(running, now)]


def engine(running: Running) -> Part:
    try:
        running.engine.query("SELECT 1 AS one", timeout_s=2)
    except EngineError as error:
        return Part("engine", False, f"The engine does not answer: {error}")
    return Part("engine", True, "The engine answers.")


def own_database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Part("database", False, f"MeshUI's own database does not answer: {error}")
    return Part("database", True, "MeshUI's own database answers.")


def spool(running: Running) -> Part:
    state = running.spool.state()
    if state.bytes >= state.max_bytes:
        return Part("spool", False, "The spool is full; senders are asked to wait until the engine has caught up.")
    if state.quarantined:
        return Part("spool", True, f"The spool takes data; {state.quarantined} messages are in quarantine/.")
    return Part("spool", True, "The spool takes data.")


def disk(directory: Path) -> Part:
    free = shutil.disk_usage(directory).free
    if free < LEAST_FREE_BYTES:
        return Part(
            "disk",
            False,
            f"Only {free // 2**20} MiB are free where {directory} is. Free some, or move it.",
        )
    return Part("disk", True, f"{free / 2**30:.1f} GiB are free.")


def tick(running: Running, now: datetime) -> Part:
    last = running.ticker.last_at
    if last is None:
        return Part("tick", False, "Signals have not been computed yet; the first tick is on its way.")
    if now - last > LATE:
        text = f"Signals are {(now - last).total_seconds():.0f} s old: no tick has ended since. The log has the cause."
        return Part("tick", False, text)
    return Part("tick", True, "Signals are up to date.")
