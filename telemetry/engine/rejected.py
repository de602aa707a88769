"""What only the engine saw as wrong with accepted spans and points: they are stored, without part in signals."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read, statements
from telemetry.window import bucket_of

_SQL = Path(__file__).with_name("rejected.sql")


@dataclass(frozen=True, slots=True)
class Rejects:
    """`n` spans of `sender` (a node id), or points of one (as it names itself), received in the buckets from `first` to
    `last`."""

    sender: str
    reason: str
    n: int
    first: datetime
    last: datetime

    @property
    def of_spans(self) -> bool:
        """Spans begin; points have one time."""
        return self.reason.startswith("start time")


def rejected(engine: Engine, since: datetime) -> list[Rejects]:
    """By sender and reason, most first, at most 20. Raises EngineError."""
    (question,) = statements(read(_SQL))
    return [
        Rejects(row["sender"], row["reason"], int(row["n"]), _time(row["first"]), _time(row["last"]))
        for row in engine.query(question, {"since": bucket_of(since)})
    ]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
