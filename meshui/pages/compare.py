"""Two traces side by side, or one beside what is usual for its first request: what took longer, what is new, what is
missing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meshui.pages.trace import nothing, read_id
from meshui.pages.words import ms
from meshui.running import running
from telemetry.engine.engine import Engine, EngineError
from telemetry.traces.compare_body import comparison_json
from telemetry.traces.load import trace as load
from telemetry.traces.telling import Telling
from telemetry.traces.tree import children_of
from telemetry.traces.typical import typical

TYPICAL = "typical"
MOST_ROWS = 2_000
"""Rows that are drawn; all are in the API's answer."""


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`a` is a trace, `b` another or `typical`; without `b` it is asked for."""
    asked = [request.GET.get(side, "").strip() for side in ("a", "b")]
    a, b = read_id(asked[0]), asked[1] if asked[1] in ("", TYPICAL) else read_id(asked[1])
    if a is None or b is None:
        return nothing(request, asked[0] if a is None else asked[1], "no-id", 400)
    try:
        return _answer(request, running().engine, a, b)
    except EngineError as error:
        return nothing(request, a, "away", 503, str(error))


def _answer(request: HttpRequest, engine: Engine, a: str, b: str) -> HttpResponse:
    first = load(engine, a)
    if first is None:
        return nothing(request, a, "unknown", 404)
    others = typical(engine, first) if b in ("", TYPICAL) else [other for other in [load(engine, b)] if other]
    if not others and b not in ("", TYPICAL):
        return nothing(request, b, "unknown", 404)
    if not others:
        root = first.spans[first.root]
        why = f"No other good trace of {root.operation} at {root.node} is stored from the 6 h before this one."
        return nothing(request, a, "usual", 404, why)
    body = comparison_json(first, others, usual=b in ("", TYPICAL))
    name = Telling(first, children_of(first.parents)).asked(first.root)
    return render(request, "trace/compare.html", _context(body) | {"request_name": name})


def _context(body: dict[str, Any]) -> dict[str, Any]:
    a, b = body["a"], body["b"]
    whole = max(1.0, 1000 * max(a["duration_ms"], b["duration_ms"]))
    least = min((row[side]["from_root_us"] for row in body["rows"] for side in ("a", "b") if row[side]), default=0)
    named = {difference["row"] for difference in body["differences"]}
    return {
        "a": a,
        "b": b,
        "typical": body["typical"],
        "longer": _change(1000 * body["duration_diff_ms"]),
        "differences": [{"it": one, "change": _change(1000 * one["diff_ms"])} for one in body["differences"]],
        "rows": [_row(place, row, least, whole, place in named) for place, row in enumerate(body["rows"][:MOST_ROWS])],
        "more": max(0, len(body["rows"]) - MOST_ROWS),
    }


def _row(place: int, row: dict[str, Any], least: int, whole: float, named: bool) -> dict[str, Any]:
    diff, own = row["duration_diff_us"], row["self_diff_us"]
    failed = bool(row["a"] and row["a"]["error_ratio"] >= 0.5)
    return {
        "it": row,
        "place": place,
        "name": row["service"].rpartition("/")[2],
        "indent": 15 * min(row["depth"], 16),
        "a": _bar(row["a"], least, whole),
        "b": _bar(row["b"], least, whole),
        "failed": failed,
        "change": "" if diff is None else _change(diff),
        "own": "" if own is None else _change(own),
        "slower": own is not None and own > 0.02 * whole and own >= 1000,
        "named": named,
    }


def _bar(seen: dict[str, Any] | None, least: int, whole: float) -> dict[str, str] | None:
    """In percent of the longer trace."""
    if seen is None:
        return None
    x = 100 * (seen["from_root_us"] - least) / whole
    width = max(0.3, 100 * seen["duration_us"] / whole)
    return {"x": f"{x:.2f}%", "width": f"{width:.2f}%", "took": ms(seen["duration_us"] / 1000)}


def _change(us: float) -> str:
    """`+120 ms`, `−3.1 ms`, `±0`: what `a` took more."""
    if abs(us) < 50:
        return "±0"
    return f"{'+' if us > 0 else '−'}{ms(abs(us) / 1000)}"
