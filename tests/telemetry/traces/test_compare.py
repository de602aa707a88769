"""Traces beside each other: which place stands for which, what is usual, and what the differences amount to."""

from typing import Any

from telemetry.traces.compare_body import comparison_json
from tests.telemetry.traces.drawn import drawn

GOOD = """
in a/web app 0-100 200 op=GET_/
  out a/web app 5-25 200 op=GET
    in a/cart app 8-22 200 op=GET_/cart
  out a/web app 30-50 200 op=GET
    in a/pay app 33-47 200 op=GET_/pay
"""
BAD = """
in a/web app 0-400 503 error op=GET_/
  out a/web app 5-25 200 op=GET
    in a/cart app 8-22 200 op=GET_/cart
  out a/web app 30-390 503 error op=GET
    out a/web envoy 31-389 503 UH error peer=pay
  local a/web app 391-395 op=give_up
"""


def compared(a: str, *others: str) -> dict[str, Any]:
    return comparison_json(drawn(a).trace, [drawn(other).trace for other in others], usual=len(others) > 1)


def shown(body: dict[str, Any]) -> list[str]:
    return [
        f"{'  ' * row['depth']}{row['service']} {row['operation']} {row['in']}"
        + (f" {row['duration_diff_us'] // 1000:+}" if row["in"] == "both" else "")
        for row in body["rows"]
    ]


def test_places_are_aligned_by_service_operation_and_order() -> None:
    body = compared(BAD, GOOD)
    assert shown(body) == [
        "a/web GET / both +300",
        "  a/web GET both +0",
        "    a/cart GET /cart both +0",
        "  a/web GET both +340",
        "    a/pay GET /pay b",
        "  a/web give up a",
    ]
    assert body["duration_diff_ms"] == 300.0
    assert [(one["kind"], one["row"], one["diff_ms"], one["text"]) for one in body["differences"]] == [
        ("failed", 3, 340.0, "a/web: GET failed here, in the other not"),
        ("slower", 3, 354.0, "a/web: GET took 360 ms of its own, in the other 6 ms"),
        ("faster", 0, -44.0, "a/web: GET / took 16 ms of its own, in the other 60 ms"),
        ("only_b", 4, -14.0, "a/pay: GET /pay is missing here, in the other it is there"),
        ("only_a", 5, 4.0, "a/web: give up is only here, not in the other"),
    ]


def test_the_other_way_round() -> None:
    kinds = [(one["kind"], one["row"]) for one in compared(GOOD, BAD)["differences"]]
    assert kinds == [("faster", 3), ("good", 3), ("good", 0), ("slower", 0), ("only_a", 4), ("only_b", 5)]


def test_a_subtree_that_is_only_on_one_side_is_one_difference() -> None:
    more = (
        GOOD + "  out a/web app 60-90 200 op=GET\n    in a/new app 61-89 200 op=GET_/new\n      local a/new app 62-88\n"
    )
    body = compared(more, GOOD)
    texts = [one["text"] for one in body["differences"] if one["kind"] == "only_a"]
    assert texts == ["a/web: GET with two more spans is only here, not in the other"]


def test_the_roots_stand_for_each_other_whatever_they_are() -> None:
    body = compared(
        "in a/x app 0-10 op=one\n  local a/x app 1-2 op=x", "in a/y app 0-30 op=two\n  local a/x app 1-5 op=x"
    )
    assert shown(body) == ["a/x one both -20", "  a/x x both -3"]
    assert (body["a"]["root_service"], body["b"]["root_service"]) == ("a/x", "a/y")


def test_what_half_of_them_have_is_usual_and_its_numbers_are_medians() -> None:
    def one(ms: int, extra: str = "") -> str:
        return (
            f"in a/web app 0-{ms + 10} 200\n  out a/web app 1-{1 + ms} {'503' if ms == 30 else '200'} op=GET\n{extra}"
        )

    rare, frequent = "  local a/web app 2-3 op=rare\n", "  local a/web app 3-4 op=frequent\n"
    body = compared(one(80), one(10, frequent), one(20, frequent + rare), one(30))
    assert body["b"] | {"trace_id": None, "start": None} == {
        "trace_id": None,
        "start": None,
        "duration_ms": 30.0,
        "status": "ok",
        "root_service": "a/web",
        "root_operation": "GET /",
        "spans": 4,
        "of": 3,
    }
    assert shown(body) == ["a/web GET / both +60", "  a/web GET both +60", "  a/web frequent b"]
    usual = [row["b"] for row in body["rows"]]
    assert [(one["duration_us"], round(one["share"], 2), round(one["error_ratio"], 2)) for one in usual] == [
        (30_000, 1.0, 0.0),
        (20_000, 1.0, 0.33),
        (1_000, 0.67, 0.0),
    ]
    assert {one["span_id"] for one in usual} == {None}
    assert body["differences"][0]["text"] == "a/web: GET took 80 ms of its own, usually 20 ms"


def test_a_folded_proxys_own_time_is_its_calls() -> None:
    """Whatever a proxy took stands at the row that it is folded into."""
    plain = "out a/web app 0-50 200 op=GET\n  out a/web envoy 1-49 200\n    in a/cart app 10-40 200"
    slow = "out a/web app 0-90 200 op=GET\n  out a/web envoy 1-89 200\n    in a/cart app 50-80 200"
    body = compared(slow, plain)
    assert shown(body) == ["a/web GET both +40", "  a/cart GET / both +0"]
    assert [row["self_diff_us"] for row in body["rows"]] == [40_000, 0]
