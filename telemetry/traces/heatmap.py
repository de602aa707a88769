"""Matching traces by when and how long, for a picture: columns of equal time, rows of equal ratio of duration."""

from dataclasses import dataclass
from math import ceil

from telemetry.traces.asking import Question, narrowed
from telemetry.window import BUCKET_S

COLUMNS = 60
_STEPS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_ROWS_AN_OCTAVE = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """`column` from the start of the time, `row`: durations above 2^(row/2) ms up to 2^((row+1)/2) ms. Counts are
    estimates if the heatmap is of a sample."""

    column: int
    row: int
    traces: int
    failed: int


@dataclass(frozen=True, slots=True)
class Heatmap:
    """`columns` of `step_s` seconds from `since_ns` on; `sampled`: share of the traces that was counted."""

    since_ns: int
    step_s: int
    columns: int
    cells: tuple[Cell, ...]
    sampled: float


def heatmap(question: Question, timeout_s: float = 10.0) -> Heatmap:
    """Of every trace that matches, by its newest span that does and by how long the whole trace took."""
    step_s = _step((question.until_ns - question.since_ns) / 1e9)
    step_ns = step_s * 1_000_000_000
    since = question.since_ns - question.since_ns % min(step_ns, BUCKET_S * 1_000_000_000)
    asked, share = narrowed(question, timeout_s)
    rows = asked.ask("heatmap", timeout_s=timeout_s, origin=since, step=step_ns, per_octave=_ROWS_AN_OCTAVE)
    cells = tuple(Cell(row["x"], row["y"], round(row["traces"] / share), round(row["failed"] / share)) for row in rows)
    return Heatmap(since, step_s, ceil((question.until_ns - since) / step_ns), cells, share)


def row_bounds(row: int) -> tuple[float, float]:
    """The durations of a row in ms: above the first, up to the second."""
    return 2 ** (row / _ROWS_AN_OCTAVE), 2 ** ((row + 1) / _ROWS_AN_OCTAVE)


def _step(seconds: float) -> int:
    """The shortest step that makes no more than COLUMNS."""
    return next((step for step in _STEPS_S if seconds <= step * COLUMNS), ceil(seconds / COLUMNS))
