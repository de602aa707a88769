"""What the engine holds: bytes on disk, spans, points, the oldest span. Read from the parts' own counts, not rows."""

from dataclasses import dataclass

from telemetry.engine.engine import Engine

_ROWS = """SELECT sumIf(rows, table = 'spans') AS spans, sumIf(rows, table = 'points') AS points
FROM system.parts WHERE active AND database = currentDatabase()"""
_OLDEST = "SELECT bucket FROM spans ORDER BY bucket LIMIT 1"


@dataclass(frozen=True, slots=True)
class Stored:
    """`oldest` is the bucket of the oldest span as the engine prints it, None without spans."""

    bytes: int
    spans: int
    points: int
    oldest: str | None


def stored(engine: Engine) -> Stored:
    """Raises EngineError."""
    oldest = engine.query(_OLDEST)
    rows = engine.query(_ROWS)[0]
    return Stored(
        bytes=engine.size_bytes(),
        spans=int(rows["spans"]),
        points=int(rows["points"]),
        oldest=str(oldest[0]["bucket"]) if oldest else None,
    )
