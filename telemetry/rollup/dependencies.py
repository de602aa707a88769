"""Who called whom how often over a stretch of time: numbers of calls alone, so that days may be asked for."""

from dataclasses import dataclass

from telemetry.engine.engine import Engine
from telemetry.rollup.question import ask
from telemetry.window import Window, bucket_of


@dataclass(frozen=True, slots=True)
class Dependency:
    """`calls`: requests, and connections of TCP; at least one."""

    source: str
    target: str
    calls: int


def dependencies(engine: Engine, window: Window) -> list[Dependency]:
    """By source and target; of the best evidence in each bucket. Raises EngineError."""
    rows = ask(engine, "dependencies", since=bucket_of(window.since), until=window.until)
    return [Dependency(row["source"], row["target"], row["calls"]) for row in rows]
