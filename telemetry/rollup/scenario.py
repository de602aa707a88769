"""Which scenario a demo mesh runs, by its own word: a log record like any other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read
from telemetry.window import bucket_of

HEARD_WITHIN = timedelta(seconds=30)
_NEWEST = read(Path(__file__).with_name("scenario.sql"))


@dataclass(frozen=True, slots=True)
class Scenario:
    """Its name as `meshui demo --scenario` takes it, and what it does in a sentence."""

    name: str
    text: str


def scenario(engine: Engine, now: datetime) -> Scenario | None:
    """The scenario announced last, if that was within 30 s of `now`."""
    rows = engine.query(_NEWEST, {"since": bucket_of(now - HEARD_WITHIN)})
    if not rows:
        return None
    name, _, text = str(rows[0]["body"]).partition(": ")
    return Scenario(name[:80], text[:300])
