"""The signals of one node or edge over time, in columns as charts read them (api.md, Series)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from math import ceil

from telemetry.engine.engine import Engine
from telemetry.evidence import truth
from telemetry.identity import EdgeId
from telemetry.rollup.question import ask
from telemetry.rollup.read import said
from telemetry.signals import Signals, signals
from telemetry.window import BUCKET_S


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each step and signal; None where nothing was received, never 0. `t`: the start of each step."""

    step_s: int
    t: tuple[datetime, ...]
    signals: Mapping[str, tuple[float | None, ...]]


def series(engine: Engine, of: str | EdgeId, since: datetime, until: datetime, step_s: float = BUCKET_S) -> Series:
    """Of a node by its id, or of an edge, in [since, until). `step_s` is rounded up to whole buckets, `since` down to a
    step: a step is a multiple of `step_s` since the epoch."""
    step = max(1, ceil(step_s / BUCKET_S)) * BUCKET_S
    first = int(since.timestamp()) // step * step
    steps = range(first, ceil(until.timestamp()), step)
    asked = {"since": datetime.fromtimestamp(first, UTC), "until": until, "step": step}
    if isinstance(of, EdgeId):
        rows = ask(engine, "series_edge", source=of.source, target=of.target, **asked)
    else:
        rows = ask(engine, "series_node", node=of, **asked)
    found = {
        int(at): asdict(signals(truth([said(row) for row in of_step]).counts, step))
        for at, of_step in groupby(rows, key=lambda row: row["at"])
    }
    nothing = asdict(Signals())
    columns = {name: tuple(found.get(at, nothing)[name] for at in steps) for name in nothing}
    return Series(step, tuple(datetime.fromtimestamp(at, UTC) for at in steps), columns)
