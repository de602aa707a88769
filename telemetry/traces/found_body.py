"""Heatmaps and contrasts as the API says them. Pure."""

from typing import Any

from telemetry.traces.body import time_text
from telemetry.traces.contrast import FieldContrast, Separation
from telemetry.traces.contrasted import Contrasted, Side
from telemetry.traces.heatmap import Heatmap, row_bounds


def heatmap_json(found: Heatmap) -> dict[str, Any]:
    """`cells`: column, row, traces, traces with a failure. `rows`: from the lowest that has a cell to the highest."""
    rows = [cell.row for cell in found.cells]
    low, high = (min(rows), max(rows)) if rows else (0, -1)
    bounds = [row_bounds(row) for row in range(low, high + 1)]
    return {
        "from": time_text(found.since_ns),
        "step_s": found.step_s,
        "columns": found.columns,
        "rows": [{"above_ms": above, "to_ms": to} for above, to in bounds],
        "cells": [[cell.column, cell.row - low, cell.traces, cell.failed] for cell in found.cells],
        "sampled": found.sampled,
    }


def contrast_json(found: Contrasted) -> dict[str, Any]:
    """Fields, the one that separates best first; `at_least` 0: what was seen may be chance."""
    return {
        "selected": _side(found.selected),
        "rest": _side(found.rest),
        "compared": found.compared,
        "items": [_field(field) for field in found.fields],
        "next": None,
    }


def _side(side: Side) -> dict[str, int]:
    return {"traces": side.traces, "looked_at": side.looked_at}


def _field(field: FieldContrast) -> dict[str, Any]:
    return {
        "scope": field.scope,
        "field": field.field,
        "at_least": field.at_least,
        "values": [_value(value) for value in field.values],
    }


def _value(one: Separation) -> dict[str, Any]:
    return {
        "value": one.counted.value,
        "selected": one.counted.selected,
        "rest": one.counted.rest,
        "share_selected": one.share_selected,
        "share_rest": one.share_rest,
        "at_least": one.at_least,
    }
