"""The traces that match, in numbers, by the values of one field."""

from dataclasses import dataclass

from telemetry.expression.tree import Name
from telemetry.traces.aggregate import Aggregates
from telemetry.traces.asking import Question, narrowed

OWN = ("service", "operation", "version", "instance", "flag", "span.name")
"""Fields of ours that have values to go by; any other name is an attribute."""
MOST = 50


@dataclass(frozen=True, slots=True)
class Group:
    """The traces with one value."""

    value: str
    numbers: Aggregates


@dataclass(frozen=True, slots=True)
class Grouped:
    """At most MOST groups, the largest first, of `values` in all (of the sample, if one was counted)."""

    groups: tuple[Group, ...]
    values: int
    sampled: float


def grouped(question: Question, field: Name, timeout_s: float = 10.0) -> Grouped:
    """Every trace that matches, for each value that its matching spans have. Raises EngineError."""
    asked, share = narrowed(question, timeout_s)
    own = not field.quoted and field.text in OWN
    rows = asked.ask("by", timeout_s=timeout_s, field=field.text, own=int(own), limit=MOST)
    groups = tuple(
        Group(
            row["value"],
            Aggregates(
                round(row["traces"] / share),
                round(row["failed"] / share),
                tuple(ns / 1e6 for ns in row["quantiles"]),
                share,
            ),
        )
        for row in rows
    )
    return Grouped(groups, rows[0]["values"] if rows else 0, share)
