"""All matches by when and how long, drawn: cells with the count as strength, failures in red beside the others, and the
part that a brush has chosen."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from math import ceil, log
from typing import Any

from meshui.pages.traces_query import Asked
from meshui.pages.words import ms
from telemetry.traces.asking import Asked as Part
from telemetry.traces.heatmap import Cell, Heatmap, row_bounds
from telemetry.window import parse_duration

HEIGHT = 176
LEVELS = 5
MARKS = 5
_FEWEST_ROWS, _LEAST_TALL = 8, 4.0
_LOWEST_ROW = -14
"""Below lies what took no time that can be measured: all of it is drawn as 8 µs."""
_GAP = 0.12
_NARROWEST = 0.3


@dataclass(frozen=True, slots=True)
class Band:
    """A row of the picture, in words and numbers, and the address that chooses it."""

    above: str
    to: str
    traces: int
    failed: int
    href: str


def drawn(found: Heatmap, asked: Asked, brush: Part | None) -> dict[str, Any]:
    """What the template draws: x and width in percent, y and height in px."""
    rows = [max(cell.row, _LOWEST_ROW) for cell in found.cells]
    low, high = _span(min(rows), max(rows)) if rows else (0, _FEWEST_ROWS)
    tall = HEIGHT / (high - low + 1)
    most = max((cell.traces for cell in found.cells), default=1)
    return {
        "height": HEIGHT,
        "cells": [
            _cell(cell, (high - row) * tall, tall, found, most) for cell, row in zip(found.cells, rows, strict=True)
        ],
        "marks": _marks(low, high, tall),
        "times": [_at(found, round(column * found.columns / MARKS)) for column in range(MARKS)],
        "since": found.since_ns // 1_000_000,
        "step_s": found.step_s,
        "columns": found.columns,
        "low": low,
        "rows": high - low + 1,
        "bands": _bands(found, asked),
        "sampled": found.sampled if found.sampled < 1 else None,
        "brush": None if brush is None else _brush(found, asked, brush, high, tall),
    }


def _span(low: int, high: int) -> tuple[int, int]:
    """A picture of one row alone would say nothing of how far it is from others."""
    missing = max(0, _FEWEST_ROWS - (high - low + 1))
    return low - missing // 2, high + missing - missing // 2


def _cell(cell: Cell, y: float, tall: float, found: Heatmap, most: int) -> dict[str, Any]:
    traces, failed, wide = cell.traces, cell.failed, 100 / found.columns
    share = failed / traces if traces else 0.0
    red = 0.0 if not failed else max(_NARROWEST, share)
    x, width = cell.column * wide, wide - _GAP
    return {
        "traces": traces,
        "failed": failed,
        "y": f"{y + 0.5:.1f}",
        "tall": f"{max(1.0, tall - 1):.1f}",
        "fine": None
        if share == 1
        else {"x": f"{x:.2f}%", "width": f"{width * (1 - red):.2f}%", "level": _level(traces - failed, most)},
        "bad": None
        if not failed
        else {"x": f"{x + width * (1 - red):.2f}%", "width": f"{width * red:.2f}%", "level": _level(failed, most)},
    }


def _level(count: int, most: int) -> int:
    """1 to LEVELS, by the logarithm: one trace is seen beside a thousand."""
    return 1 + min(LEVELS - 1, int(LEVELS * log(count + 1) / log(most + 2)))


def _marks(low: int, high: int, tall: float) -> list[dict[str, Any]]:
    """Durations at the borders of rows, far enough apart to be read."""
    every = max(1, ceil(22 / tall))
    return [
        {"y": f"{(high + 1 - row) * tall:.1f}", "text": ms(row_bounds(row)[0])}
        for row in range(low + every, high + 1, every)
    ]


def _at(found: Heatmap, column: int) -> dict[str, str]:
    at = datetime.fromtimestamp(found.since_ns / 1e9 + column * found.step_s, UTC)
    return {"x": f"{100 * column / found.columns:.2f}%", "at": at.isoformat(), "text": f"{at:%H:%M:%S}"}


def _bands(found: Heatmap, asked: Asked) -> list[Band]:
    by_row = sorted(found.cells, key=lambda cell: -cell.row)
    bands = []
    for row, cells in groupby(by_row, key=lambda cell: cell.row):
        here, (above, to) = list(cells), row_bounds(row)
        href = asked.to(brush_min=f"{above:.4g}ms", brush_max=f"{to:.4g}ms")
        bands.append(
            Band(ms(above), ms(to), sum(cell.traces for cell in here), sum(cell.failed for cell in here), href)
        )
    return bands


def _brush(found: Heatmap, asked: Asked, part: Part, high: int, tall: float) -> dict[str, str]:
    whole = found.columns * found.step_s * 1e9
    since, until = ((at - found.since_ns) / whole for at in (part.since_ns, part.until_ns))
    top, bottom = 0.0, float(HEIGHT)
    if asked.get("brush_max"):
        top = max(0.0, min((high + 1 - _row(asked.get("brush_max"))) * tall, HEIGHT - _LEAST_TALL))
    if asked.get("brush_min"):
        bottom = max(_LEAST_TALL, min((high + 1 - _row(asked.get("brush_min"))) * tall, HEIGHT))
    return {
        "x": f"{100 * max(0.0, since):.2f}%",
        "width": f"{100 * (min(1.0, until) - max(0.0, since)):.2f}%",
        "y": f"{top:.1f}",
        "tall": f"{max(_LEAST_TALL, bottom - top):.1f}",
    }


def _row(duration: str) -> float:
    """Where in rows a duration lies; far below for 0."""
    above, to = row_bounds(0)
    milliseconds = parse_duration(duration) * 1000
    return log(milliseconds / above) / log(to / above) if milliseconds else float(_LOWEST_ROW)
