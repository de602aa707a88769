"""What is stale is computed again, whatever came before; nothing vanishes, nothing counts twice."""

import random
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup import fold as folding
from telemetry.rollup import refresh as refreshing
from telemetry.rollup.refresh import refresh
from tests.build import T0, later
from tests.plain.normal import NormalSpan
from tests.plain.rollups import Rows
from tests.strategies import forests
from tests.telemetry.rollup.cases import written
from tests.telemetry.rollup.emptied import emptied
from tests.telemetry.rollup.rows import TABLES, store, stored
from tests.telemetry.rollup.spans import answer, call, span

__all__ = ["emptied"]
SETTLED = later(600)


def forget(engine: EmbeddedEngine) -> None:
    """As if the process had been started again."""
    del refreshing._queues[engine]


def everything(engine: EmbeddedEngine) -> dict[str, Rows]:
    return {table: stored(engine, table) for table in TABLES}


def marked(engine: EmbeddedEngine) -> int:
    return int(engine.query("SELECT count() AS n FROM refreshed")[0]["n"])


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=forests(), seed=st.integers(0, 1000))
def test_any_order_and_repetition_of_runs_equals_one_refresh(
    emptied: Callable[[], EmbeddedEngine], spans: list[NormalSpan], seed: int
) -> None:
    engine = emptied()
    store(engine, spans)
    while refresh(engine, SETTLED, 60).left:
        pass
    once = everything(engine)
    shuffled = random.Random(seed)
    for generation in range(5):
        since = T0 + timedelta(seconds=10 * shuffled.randint(-1, 7))
        until = since + timedelta(seconds=10 * shuffled.randint(0, 4))
        folding.fold(engine, folding.Run(since, until, SETTLED, (1 << 60) + generation))
        assert everything(engine) == once


def test_a_segment_is_marked_once_its_buckets_are_settled(engine: EmbeddedEngine) -> None:
    store(engine, [call(1), answer(1)])
    assert refresh(engine, later(5)).buckets == 1
    assert marked(engine) == 0
    assert refresh(engine, later(5)).buckets == 0
    assert refresh(engine, later(20)).buckets == 1
    assert marked(engine) == 1
    assert refresh(engine, later(30)).buckets == 0


def test_a_segment_without_spans_is_marked_at_once(engine: EmbeddedEngine) -> None:
    engine.insert_rows("loaded", [{"spool": 2**64 - 1, "segment": 1, "at": T0}])
    assert refresh(engine, later(1)).buckets == 0
    assert marked(engine) == 1


def test_what_is_left_undone_is_found_again_after_a_restart(engine: EmbeddedEngine) -> None:
    store(engine, [call(1), answer(1), call(2, at_s=200), answer(2, at_s=200)])
    first = refresh(engine, SETTLED, 0)
    assert (first.buckets, first.left) == (1, 1)
    assert {key[0] for key in stored(engine, "edges")} == {int(later(200).timestamp())}
    forget(engine)
    while refresh(engine, SETTLED, 0).left:
        pass
    assert {key[0] for key in stored(engine, "edges")} == {int(T0.timestamp()), int(later(200).timestamp())}
    assert marked(engine) == 1


def test_a_later_process_replaces_what_an_earlier_one_wrote(engine: EmbeddedEngine) -> None:
    store(engine, [call(1)])
    for _ in range(3):
        refresh(engine, SETTLED)
    forget(engine)
    store(engine, [answer(1)])
    refresh(engine, SETTLED)
    assert [row.callee_requests for row in stored(engine, "edges").values()] == [1]


def test_an_edge_that_is_not_found_again_goes(engine: EmbeddedEngine) -> None:
    store(engine, [call(1, peer="mail.example.com", peer_kind="external")])
    refresh(engine, SETTLED)
    assert [key[2] for key in stored(engine, "edges")] == ["-/mail.example.com"]
    store(engine, [answer(1)])
    refresh(engine, SETTLED)
    assert (
        written(stored(engine, "edges"), {})
        == "shop/web→shop/cart http: 1 request, 200, ≤ 10.4 ms; called 1, ≤ 10.4 ms\n"
    )
    assert [key[1] for key in stored(engine, "nodes")] == ["shop/cart"]


def test_the_answer_in_the_next_bucket_makes_the_call_of_this_one(engine: EmbeddedEngine) -> None:
    store(engine, [call(1, at_s=9.99)])
    refresh(engine, later(12))
    store(engine, [answer(1, at_s=10.01)])
    refresh(engine, SETTLED)
    assert [key[0] for key in stored(engine, "edges")] == [int(later(10).timestamp())]


def test_an_answer_minutes_away_takes_back_the_unanswered_call(engine: EmbeddedEngine) -> None:
    store(engine, [call(1), span(9, "shop/cart", "in", at_s=50, trace=2)])
    refresh(engine, SETTLED)
    assert any(key[:3] == (int(T0.timestamp()), "shop/web", "shop/cart") for key in stored(engine, "edges"))
    store(engine, [answer(1, at_s=300)])
    refresh(engine, SETTLED, 60)
    calls = [key for key in stored(engine, "edges") if key[1:3] == ("shop/web", "shop/cart")]
    assert calls == [(int(later(300).timestamp()), "shop/web", "shop/cart", "http")]


def test_a_name_that_becomes_known_is_drawn_anew(engine: EmbeddedEngine) -> None:
    store(engine, [call(1)])
    refresh(engine, SETTLED)
    assert [key[2] for key in stored(engine, "edges")] == ["-/cart"]
    store(engine, [span(9, "shop/cart", "in", at_s=400, trace=2)])
    refresh(engine, SETTLED, 60)
    assert (int(T0.timestamp()), "shop/web", "shop/cart", "http") in stored(engine, "edges")
    assert [key for key in stored(engine, "edges") if key[2] == "-/cart"] == []


def test_an_owner_that_turns_out_to_be_a_gateway_is_entered_by_nobody(engine: EmbeddedEngine) -> None:
    store(engine, [span(1, "edge/gw", "in")])
    refresh(engine, SETTLED)
    assert [key[1] for key in stored(engine, "edges")] == ["-/unknown"]
    store(engine, [span(2, "edge/gw", "in", at_s=400, trace=2, gateway=True)])
    refresh(engine, SETTLED, 60)
    assert stored(engine, "edges") == {}
