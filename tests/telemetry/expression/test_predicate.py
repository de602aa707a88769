"""A test in memory: fields that are there or not, one or several texts, numbers with their units."""

from typing import Any

import pytest

from telemetry.expression.parse import Mistake, parse
from telemetry.expression.predicate import predicate

FIELDS: dict[str, Any] = {
    name: (lambda thing, name=name: thing.get(name)) for name in ("name", "version", "error_ratio", "p95_ms", "rps")
}
CART: dict[str, Any] = {"name": "cart", "version": ["v1", "v2"], "error_ratio": 0.31, "p95_ms": 140.2, "rps": 2000.0}


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("name = cart", True),
        ("name != cart", False),
        ("name in (web, cart)", True),
        ("version = v2", True),
        ("version != v2", False),
        ("version = v3", False),
        ("version ~ ^v", True),
        ("error_ratio > 5%", True),
        ("error_ratio > 0.31", False),
        ("error_ratio >= 31%", True),
        ("p95_ms < 0.2s", True),
        ("rps = 2k", True),
        ("rps = 2001", False),
        ("rps <= 2k and not name = web", True),
        ("name = web or rps > 1k", True),
        ("name > 5", False),
    ],
)
def test_what_holds(written: str, holds: bool) -> None:
    assert predicate(parse(written), FIELDS)(CART) is holds


def test_a_thing_without_the_field_differs() -> None:
    assert predicate(parse("version != v1 and not rps > 1"), FIELDS)({})
    assert not predicate(parse("version = v1 or rps > 1 or rps <= 1"), FIELDS)({})


@pytest.mark.parametrize("written", ["nothing = 1", '"name" = cart', "rps > fast", 'name ~ "("'])
def test_what_cannot_be_asked_is_a_mistake(written: str) -> None:
    with pytest.raises(Mistake):
        predicate(parse(written), FIELDS)
