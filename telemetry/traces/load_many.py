"""Several traces from the engine at once, each with all that its senders said but for access logs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read
from telemetry.span import Trace
from telemetry.traces.assemble import assemble
from telemetry.traces.load import resources, span_of

MOST_SPANS = 50_000
"""In all; each of the traces may have its share of it."""
_HALF_HOUR_NS = 1_800_000_000_000
_HOUR_NS = 2 * _HALF_HOUR_NS
_HERE = Path(__file__).parent


def traces(engine: Engine, near: Mapping[str, int], timeout_s: float = 10.0) -> list[Trace]:
    """Those of `near` that are stored, in its order: ids of 32 lower-case hex digits, each with an instant (Unix ns)
    within half an hour of all its spans. A trace with more spans than its share is cut, and says so.

    Raises EngineError if the engine cannot answer."""
    if not near:
        return []
    each = max(1, MOST_SPANS // len(near))
    hours = {(at + side) // _HOUR_NS * 3600 for at in near.values() for side in (-_HALF_HOUR_NS, _HALF_HOUR_NS)}
    asked = {
        "traces": list(near),
        "hours": [datetime.fromtimestamp(second, UTC) for second in sorted(hours)],
        # Room for each span sent twice.
        "rows": 2 * (each + 1),
    }
    rows = engine.query(read(_HERE / "load_many.sql"), asked, timeout_s=timeout_s)
    said = resources(engine, sorted({row["resource_id"] for row in rows}))
    found = {}
    for trace, of in groupby(rows, lambda row: str(row["trace"])):
        spans = [span_of(row, said, {}) for row in of]
        found[trace] = assemble(trace, spans[:each], cut=len(spans) > each)
    return [found[trace] for trace in near if trace in found]
