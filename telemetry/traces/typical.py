"""What is usual for a trace: recent good traces that began with the same operation of the same service."""

from itertools import groupby
from pathlib import Path

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read
from telemetry.span import Trace
from telemetry.traces.assemble import assemble
from telemetry.traces.load import KINDS, span_of
from telemetry.traces.uncollected import uncollected

MOST_TRACES = 100
BACK_S = 6 * 3600
AHEAD_S = 600
_LARGEST = 2_000
"""Spans of a trace that may be usual, if the compared one is not larger itself."""
_IN_ALL = 200_000
_HERE = Path(__file__).parent


@uncollected()
def typical(engine: Engine, trace: Trace) -> list[Trace]:
    """Up to 100 of the newest from 6 h before the trace to 10 min after it, whole and small enough; fewer if they are
    large. Empty if there are none. Raises EngineError if the engine cannot answer."""
    root, at = trace.spans[trace.root], trace.start_ns // 1_000_000_000
    largest = max(_LARGEST, 2 * len(trace.spans))
    around = {"since": max(0, at - BACK_S), "until": at + AHEAD_S}
    asked = around | {
        "trace": trace.trace_id,
        "node": root.node,
        "operation": root.operation,
        "kind": KINDS.index(root.kind),
        "proxy": int(root.proxy),
        "rooted": int(root.parent_id is None),
        "most": max(1, min(MOST_TRACES, _IN_ALL // largest)),
    }
    ids = [row["id"] for row in engine.query(read(_HERE / "typical.sql"), asked)]
    if not ids:
        return []
    rows = engine.query(read(_HERE / "shapes.sql"), around | {"ids": ids, "largest": largest})
    found = [
        (one, [span_of(row, {}, {}) for row in spans]) for one, spans in groupby(rows, lambda row: str(row["trace"]))
    ]
    return [other for one, spans in found if _alike(other := assemble(one, spans), trace)]


def _alike(other: Trace, trace: Trace) -> bool:
    """Its own first request is the same: the span that was found might have hung under another."""
    one, root = other.spans[other.root], trace.spans[trace.root]
    return (one.node, one.operation) == (root.node, root.operation) and not other.failed
