"""Reads what tells a selection of traces from the rest: a sample of either side, and every value their spans have."""

from dataclasses import dataclass

from telemetry.engine.engine import Engine, Row
from telemetry.expression.fields import KINDS
from telemetry.traces.asking import Asked, Question, narrowed, question, snapshot
from telemetry.traces.contrast import FEWEST, Counted, FieldContrast, contrast

MOST_TRACES = 500
"""Most traces that are looked at on either side."""
_MOST_VALUES = 5_000
_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Side:
    """How many traces there are (an estimate where `looked_at` is less), and how many were looked at."""

    traces: int
    looked_at: int


@dataclass(frozen=True, slots=True)
class Contrasted:
    """`compared`: how many values were looked at."""

    selected: Side
    rest: Side
    compared: int
    fields: tuple[FieldContrast, ...]


def contrasted(engine: Engine, selection: Asked, base: Asked, timeout_s: float = 10.0) -> Contrasted:
    """The traces of `base` that `selection` finds too, against its others. A trace has the values of its spans that
    `base` holds for. Raises Mistake and EngineError."""
    seen = snapshot(engine)
    chosen_q, base_q = question(engine, selection, seen), question(engine, base, seen)
    all_chosen, chosen_total = _ids(chosen_q, timeout_s)
    chosen = _matching(base_q, all_chosen, timeout_s)
    of_base, base_total = _ids(base_q, timeout_s)
    others = of_base - _matching(chosen_q, of_base, timeout_s)
    if chosen and len(chosen) < len(all_chosen):
        chosen_total = round(chosen_total * len(chosen) / len(all_chosen))
    chosen_side = Side(chosen_total if chosen else 0, len(chosen))
    rest_side = Side(max(len(others), base_total - chosen_side.traces) if others else 0, len(others))
    if not chosen or not others:
        return Contrasted(chosen_side, rest_side, 0, ())
    counted, compared = _counted(base_q, chosen, others, timeout_s)
    fields = contrast(counted, len(chosen), len(others), _MOST_FIELDS, compared)
    return Contrasted(chosen_side, rest_side, compared, fields)


def _ids(asking: Question, timeout_s: float) -> tuple[set[str], int]:
    """Up to MOST_TRACES that match, by lot, and how many there are."""
    asked, share = narrowed(asking, timeout_s)
    rows = asked.ask("contrast_ids", timeout_s=timeout_s, limit=MOST_TRACES)
    return {row["trace"] for row in rows}, round(rows[0]["total"] / share) if rows else 0


def _matching(asking: Question, traces: set[str], timeout_s: float) -> set[str]:
    if not traces:
        return set()
    return {row["trace"] for row in asking.these(traces).ask("search_matching", timeout_s=timeout_s)}


def _counted(base: Question, chosen: set[str], others: set[str], timeout_s: float) -> tuple[list[Counted], int]:
    asked = base.these(chosen | others)
    counted: list[Counted] = []
    compared = 0
    for name in ("contrast_values", "contrast_resources"):
        rows = asked.ask(
            name,
            timeout_s=timeout_s,
            chosen=sorted(chosen),
            chosen_n=len(chosen),
            others_n=len(others),
            fewest=FEWEST,
            limit=_MOST_VALUES,
        )
        compared += rows[0]["compared"] if rows else 0
        counted += [Counted(row["scope"], row["field"], _value(row), row["selected"], row["rest"]) for row in rows]
    return counted, compared


def _value(row: Row) -> str:
    value: str = row["value"]
    return KINDS[int(value)] if (row["scope"], row["field"]) == ("span", "kind") else value
