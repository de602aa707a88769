"""The traces that match, in numbers: how many, how many of them with a failure, how long they took."""

from dataclasses import dataclass

from telemetry.traces.asking import Question

QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Aggregates:
    """`quantiles_ms` at QUANTILES of how long the traces took, None without any."""

    traces: int
    failed: int
    quantiles_ms: tuple[float | None, ...]

    @property
    def error_ratio(self) -> float | None:
        return self.failed / self.traces if self.traces else None


def aggregates(question: Question, timeout_s: float = 10.0) -> Aggregates:
    """Of every trace that matches. Raises EngineError."""
    (row,) = question.ask("aggregate", timeout_s=timeout_s)
    quantiles = tuple(ns / 1e6 if row["traces"] else None for ns in row["quantiles"])
    return Aggregates(row["traces"], row["failed"], quantiles)
