"""Who makes more names or label sets than are told apart (bounds.py, bounds_series.py), for a warning each."""

from dataclasses import dataclass
from datetime import UTC, datetime

from telemetry.engine.engine import Engine
from telemetry.rollup.question import ask


@dataclass(frozen=True, slots=True)
class CrowdedNames:
    """`what` one service has too many of: `operation`, or `host` outside that it calls. At least `over` names beside
    those kept, like `example`; said by `signals`, first `since`."""

    what: str
    service: str
    signals: tuple[str, ...]
    over: int
    example: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CrowdedSeries:
    """A sender's metric with `sets` label sets, `beyond` of which are not told apart; `label` has most `values`."""

    sender: str
    metric: str
    label: str
    values: int
    sets: int
    beyond: int
    since: datetime


def crowded_names(engine: Engine, since: datetime) -> tuple[CrowdedNames, ...]:
    """Of the buckets from `since` on, the worst first. Raises EngineError."""
    return tuple(
        CrowdedNames(row["what"], row["id"], tuple(row["signals"]), row["n"], row["example"], _utc(row["first"]))
        for row in ask(engine, "crowded_names", since=since)
    )


def crowded_series(engine: Engine, since: datetime) -> tuple[CrowdedSeries, ...]:
    """Of senders heard from `since` on, the worst first. Raises EngineError."""
    return tuple(
        CrowdedSeries(
            row["sender_name"], row["metric"], row["label"], row["n"], row["sets"], row["beyond"], _utc(row["first"])
        )
        for row in ask(engine, "crowded_series", since=since)
    )


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
