"""Traces of a list as `GET /api/v1/traces` says them (api.md). Pure.

Beyond api.md: `searched_from` is later than `from` where the search ran out of time; `aggregates.per_s`,
`aggregates.sampled`: the share of the traces that was counted, 1 if all were."""

from typing import Any

from telemetry.traces.aggregate import Aggregates
from telemetry.traces.body import time_text
from telemetry.traces.search import Page
from telemetry.traces.summary import Summary

_PERCENTILES = ("p50", "p95", "p99")


def page_json(page: Page, numbers: Aggregates, after: str | None) -> dict[str, Any]:
    """`after`: the cursor of the next page as text."""
    asking = page.question
    return {
        "items": [summary_json(item) for item in page.items],
        "next": after,
        "from": time_text(asking.since_ns),
        "to": time_text(asking.until_ns),
        "searched_from": time_text(page.searched_since_ns),
        "aggregates": aggregates_json(numbers, (asking.until_ns - asking.since_ns) / 1e9),
    }


def aggregates_json(numbers: Aggregates, seconds: float) -> dict[str, Any]:
    """`seconds`: how long the time is that they are of."""
    return {
        "count": numbers.traces,
        "per_s": numbers.traces / seconds,
        "error_ratio": numbers.error_ratio,
        "sampled": numbers.sampled,
        "duration_ms": dict(zip(_PERCENTILES, numbers.quantiles_ms, strict=True)),
    }


def summary_json(item: Summary) -> dict[str, Any]:
    return {
        "trace_id": item.trace_id,
        "root_service": item.root_service,
        "root_operation": item.root_operation,
        "start": time_text(item.start_ns),
        "duration_ms": item.duration_ns / 1e6,
        "spans": item.spans,
        "errors": item.errors,
        "services": [{"id": part.id, "spans": part.spans, "errors": part.errors} for part in item.services],
        "matched_span_ids": list(item.matched),
        "complete": item.complete,
    }
