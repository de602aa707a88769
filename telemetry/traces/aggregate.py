"""The traces that match, in numbers: how many, how many of them with a failure, how long they took."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.traces.asking import Question, narrowed
from telemetry.traces.summary import Summary

QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Aggregates:
    """`traces` and `failed` are estimates if `sampled`, the share of the traces that was counted, is below 1.
    `quantiles_ms` at QUANTILES of how long the traces took, None without any."""

    traces: int
    failed: int
    quantiles_ms: tuple[float | None, ...]
    sampled: float = 1.0

    @property
    def error_ratio(self) -> float | None:
        return self.failed / self.traces if self.traces else None


def aggregates_of(items: Sequence[Summary]) -> Aggregates:
    """Of these traces alone."""
    took = sorted(item.duration_ns for item in items)
    quantiles = tuple(took[min(int(q * len(took)), len(took) - 1)] / 1e6 if took else None for q in QUANTILES)
    return Aggregates(len(took), sum(item.errors > 0 for item in items), quantiles)


def aggregates(question: Question, timeout_s: float = 10.0) -> Aggregates:
    """Of every trace that matches. Raises EngineError."""
    asked, share = narrowed(question, timeout_s)
    (row,) = asked.ask("aggregate", timeout_s=timeout_s)
    quantiles = tuple(ns / 1e6 if row["traces"] else None for ns in row["quantiles"])
    return Aggregates(round(row["traces"] / share), round(row["failed"] / share), quantiles, share)
