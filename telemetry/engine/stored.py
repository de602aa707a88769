"""What the engine holds: bytes on disk, spans, the oldest of them. Read from the parts' own counts, not from rows."""

from dataclasses import dataclass

from telemetry.engine.engine import Engine

_SPANS = "SELECT sum(rows) AS spans FROM system.parts WHERE active AND database = currentDatabase() AND table = 'spans'"
_OLDEST = "SELECT bucket FROM spans ORDER BY bucket LIMIT 1"


@dataclass(frozen=True, slots=True)
class Stored:
    """`oldest` is the bucket of the oldest span as the engine prints it, None without spans."""

    bytes: int
    spans: int
    oldest: str | None


def stored(engine: Engine) -> Stored:
    """Raises EngineError."""
    oldest = engine.query(_OLDEST)
    spans = int(engine.query(_SPANS)[0]["spans"])
    return Stored(engine.size_bytes(), spans, str(oldest[0]["bucket"]) if oldest else None)
