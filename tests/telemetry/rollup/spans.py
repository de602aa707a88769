"""Spans in normal form for tests that need few: a call of shop/web, its answer by shop/cart, any other."""

from typing import Any

from tests.build import later, unix_ns
from tests.plain.normal import NormalSpan


def span(
    number: int, node: str, role: str, *, at_s: float = 1.0, trace: int = 1, parent: int = 0, **more: Any
) -> NormalSpan:
    """10 ms, HTTP 200."""
    ts = unix_ns(later(at_s))
    known: dict[str, Any] = {"late": False, "duration": 10_000_000, "protocol": "http", "code": 200} | more
    return NormalSpan(
        bucket=ts // 10_000_000_000 * 10,
        ts=ts,
        trace_id=trace.to_bytes(16, "big"),
        span_id=number,
        parent_id=parent,
        node=node,
        role=role,
        **known,
    )


def call(number: int, *, at_s: float = 1.0, **more: Any) -> NormalSpan:
    """shop/web calls what it knows as `cart`: span 2 × `number` of trace 1."""
    return span(2 * number, "shop/web", "out", at_s=at_s, **({"peer": "cart", "peer_kind": "service"} | more))


def answer(number: int, *, at_s: float = 1.0, **more: Any) -> NormalSpan:
    """shop/cart's part of that call."""
    return span(2 * number + 1, "shop/cart", "in", at_s=at_s, parent=2 * number, **more)
