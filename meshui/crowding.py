"""What /status and the Now page say of senders that make names or label sets without end (mesh-telemetry.md §9, 51)."""

from datetime import datetime
from typing import Any

from telemetry.engine.engine import Engine
from telemetry.publish.body import instant
from telemetry.rollup.crowded import CrowdedNames, CrowdedSeries, crowded_names, crowded_series

Body = dict[str, Any]

MOST_NAMED = 3
_MADE_FROM = {
    "traces": "http.route or the span's name",
    "logs": "the log's path",
    "metrics": "the metric's route or path label",
}


def warnings(engine: Engine, since: datetime, most: int) -> list[Body]:
    """One for each metric with too many label sets and for each service with too many operations or hosts, the worst
    three of either; `most` names of a service are told apart."""
    series, names = crowded_series(engine, since), crowded_names(engine, since)
    return [
        *(
            {"kind": "too_many_series", "text": _series(one), "since": instant(one.since)}
            for one in series[:MOST_NAMED]
        ),
        *(
            {"kind": f"too_many_{one.what}s", "text": _names(one, most), "since": instant(one.since)}
            for one in names[:MOST_NAMED]
        ),
    ]


def _series(of: CrowdedSeries) -> str:
    return (
        f"{of.sender}: {of.metric} has {of.sets:,} label sets; its label {of.label} alone has {of.values:,} values. "
        f"{of.beyond:,} of them are counted as `other`."
    )


def _names(of: CrowdedNames, most: int) -> str:
    if of.what == "host":
        return (
            f"{of.service} calls more than {most:,} hosts outside the mesh. {of.over:,} more, like "
            f"{of.example.removeprefix('-/')}, are counted as `other`. They come from the Host or authority it sends."
        )
    label = ", ".join(_MADE_FROM[signal] for signal in of.signals)
    return (
        f"{of.service} has more than {most:,} operations. {of.over:,} more, like {of.example}, are counted as `other`. "
        f"They come from {label}."
    )
