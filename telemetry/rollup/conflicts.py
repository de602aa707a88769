"""Counters that fall so often that two senders must write them as one series (mesh-telemetry.md §8.6)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from telemetry.engine.engine import Engine
from telemetry.rollup.question import ask
from telemetry.window import bucket_of


@dataclass(frozen=True, slots=True)
class Conflict:
    """`falls` of one series within a minute; so many `series` of this metric and sender are torn."""

    metric: str
    sender: str
    falls: int
    series: int
    since: datetime


def conflicts(engine: Engine, since: datetime) -> list[Conflict]:
    """The most torn first, at most 20. Raises EngineError."""
    return [
        Conflict(r["metric"], r["sender"], r["falls"], r["series"], datetime.fromtimestamp(r["first"], UTC))
        for r in ask(engine, "conflicts", since=bucket_of(since))
    ]
