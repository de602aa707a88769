"""Two traces compared, as `GET /api/v1/traces/compare` says it (docs/interface.md). Pure."""

from collections.abc import Sequence
from typing import Any

from telemetry.span import Trace
from telemetry.traces.body import time_text
from telemetry.traces.compare import Row, Seen, compare
from telemetry.traces.differences import differences
from telemetry.traces.uncollected import uncollected


@uncollected()
def comparison_json(a: Trace, others: Sequence[Trace], *, usual: bool) -> dict[str, Any]:
    """`a` against the only one of `others`, or against what is `usual` of them all. Rows are in the order they are
    drawn, each below its parent; `parent` and a difference's `row` are places in `rows`."""
    compared = compare(a, others)
    # The one whose duration is the median: a real trace to look at.
    example = min(others, key=lambda other: abs(other.duration_ns - compared.duration_b_ns))
    return {
        "a": _side(a, a.duration_ns) | {"of": 1},
        "b": _side(example, compared.duration_b_ns) | {"of": len(others)},
        "typical": usual,
        "duration_diff_ms": (compared.duration_a_ns - compared.duration_b_ns) / 1e6,
        "differences": [
            {"kind": one.kind, "row": one.row, "diff_ms": one.ns / 1e6, "text": one.text}
            for one in differences(compared, usual=usual)
        ],
        "rows": [_row(row, a, None if usual else example) for row in compared.rows],
    }


def _side(trace: Trace, duration_ns: int) -> dict[str, Any]:
    root = trace.spans[trace.root]
    return {
        "trace_id": trace.trace_id,
        "start": time_text(trace.start_ns),
        "duration_ms": duration_ns / 1e6,
        "status": "error" if trace.failed else "ok",
        "root_service": root.node,
        "root_operation": root.operation,
        "spans": len(trace.spans),
    }


def _row(row: Row, a: Trace, b: Trace | None) -> dict[str, Any]:
    return {
        "parent": row.parent,
        "depth": row.depth,
        "service": row.service,
        "operation": row.operation,
        "role": row.side,
        "in": "both" if row.a and row.b else "b" if row.a is None else "a",
        "a": _seen(row.a, a),
        "b": _seen(row.b, b),
        "duration_diff_us": (row.a.duration_ns - row.b.duration_ns) // 1000 if row.a and row.b else None,
        "self_diff_us": (row.a.self_ns - row.b.self_ns) // 1000 if row.a and row.b else None,
    }


def _seen(seen: Seen | None, trace: Trace | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    return {
        "span_id": None if trace is None or seen.index is None else trace.spans[seen.index].span_id,
        "from_root_us": seen.from_ns // 1000,
        "duration_us": seen.duration_ns // 1000,
        "self_us": seen.self_ns // 1000,
        "share": seen.share,
        "error_ratio": seen.failed,
    }
