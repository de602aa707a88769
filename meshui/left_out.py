"""What /status and the Now page say of data that was accepted and counts nowhere, or not as sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from telemetry.engine.engine import Engine
from telemetry.engine.rejected import Rejects, rejected
from telemetry.publish.body import instant
from telemetry.rollup.conflicts import Conflict, conflicts

Body = dict[str, Any]

MOST_NAMED = 3


def warnings(engine: Engine, since: datetime) -> list[Body]:
    """At most one each for spans whose time is off, for points that cannot be counted, and for series that two senders
    write; each names the senders with most."""
    rows = rejected(engine, since)
    spans = [row for row in rows if row.of_spans]
    points = [row for row in rows if not row.of_spans]
    return [*_late_spans(spans), *_points(points), *_torn(conflicts(engine, since))]


def _late_spans(rows: Sequence[Rejects]) -> list[Body]:
    if not rows:
        return []
    text = (
        f"Spans whose time is off are kept for their traces but count in no signal: {_named(rows)}. Check the clocks."
    )
    return [{"kind": "late_spans", "text": text, "since": instant(min(row.first for row in rows))}]


def _points(rows: Sequence[Rejects]) -> list[Body]:
    if not rows:
        return []
    text = f"Points of metrics that cannot be counted are kept as they came: {_named(rows)}."
    return [{"kind": "points_left_out", "text": text, "since": instant(min(row.first for row in rows))}]


def _torn(found: Sequence[Conflict]) -> list[Body]:
    if not found:
        return []
    named = ", ".join(f"{one.metric} of {one.sender or 'nobody named'}" for one in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    text = (
        f"Several senders write the same series, so its count falls again and again: {named}{more}. Only the greatest "
        "is counted. Give each sender a service.instance.id (or instance label) of its own."
    )
    return [{"kind": "series_conflict", "text": text, "since": instant(min(one.since for one in found))}]


def _named(rows: Sequence[Rejects]) -> str:
    more = f" and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
    return ", ".join(f"{row.sender} ({row.n:,}: {row.reason})" for row in rows[:MOST_NAMED]) + more
