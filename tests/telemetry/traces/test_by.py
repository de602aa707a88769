"""Matches by the values of a field: of spans, of attributes and of resources, each trace once a value."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.expression.parse import parse
from telemetry.expression.tree import Name
from telemetry.traces.asking import Asked, question, snapshot
from telemetry.traces.by import Grouped, grouped
from tests.build import load, resource, span, traces

NOW = datetime(2026, 3, 2, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def shop(engine: EmbeddedEngine, tmp_path: Path) -> EmbeddedEngine:
    """Six traces of cart, two of them failed on the pod of v2; one of them twice through cart."""
    sent = []
    for number in range(1, 7):
        bad = number <= 2
        sender = resource(
            "cart", namespace="shop", version="v2" if bad else "v1", attributes={"k8s.pod.name": f"cart-{bad:d}"}
        )
        route = "/cart" if number < 4 else "/items"
        made = [
            span(trace=number, id=each, parent=each - 1 or b"", start=NOW - timedelta(seconds=9), ms=10 * number,
                 status="error" if bad else "unset", attributes={"http.route": route})
            for each in ((1, 2) if number == 6 else (1,))
        ]  # fmt: skip
        sent.append(traces(sender, *made))
    load(engine, tmp_path, *sent, received=NOW)
    return engine


def by(engine: EmbeddedEngine, field: str, match: str = "service = cart", *, quoted: bool = False) -> Grouped:
    now = int(NOW.timestamp()) * 1_000_000_000
    asked = Asked(parse(match), now - 60_000_000_000, now)
    return grouped(question(engine, asked, snapshot(engine)), Name(field, quoted))


@pytest.mark.parametrize(
    ("field", "quoted", "expected"),
    [
        ("version", False, {"v1": (4, 0), "v2": (2, 2)}),
        ("http.route", False, {"/cart": (3, 2), "/items": (3, 0)}),
        ("k8s.pod.name", False, {"cart-0": (4, 0), "cart-1": (2, 2)}),
        ("service", False, {"shop/cart": (6, 2)}),
        ("nobody.says", False, {}),
        ("version", True, {}),
        ("') OR 1 = 1 --", True, {}),
    ],
)
def test_each_value_has_its_traces(
    shop: EmbeddedEngine, field: str, quoted: bool, expected: dict[str, tuple[int, int]]
) -> None:
    found = by(shop, field, quoted=quoted)
    assert {each.value: (each.numbers.traces, each.numbers.failed) for each in found.groups} == expected
    assert found.values == len(expected)


def test_the_largest_comes_first_with_its_percentiles(shop: EmbeddedEngine) -> None:
    first = by(shop, "version").groups[0]
    assert (first.value, first.numbers.quantiles_ms) == ("v1", (50.0, 60.0, 60.0))


def test_only_what_matches_counts(shop: EmbeddedEngine) -> None:
    assert [each.value for each in by(shop, "version", "status = error").groups] == ["v2"]
