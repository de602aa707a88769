"""Deltas are proven by use: applied to the snapshot before, each gives the snapshot after."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.graph.snapshot import Graph
from telemetry.publish.body import graph_json
from telemetry.publish.feed import Feed, advance
from tests.graphs import any_graph, edge, judged, node
from tests.plain.delta import apply

CASES = sorted((Path(__file__).parents[2] / "cases" / "deltas").glob("*.json"))


def canonical(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def shown(feed: Feed) -> dict[str, Any]:
    message = orjson.loads(feed.snapshot)
    assert message["type"] == "snapshot"
    graph: dict[str, Any] = message["graph"]
    return graph


@settings(max_examples=50)
@given(st.lists(any_graph(), min_size=2, max_size=4))
def test_a_delta_leads_from_each_snapshot_to_the_next_byte_for_byte(graphs: list[Graph]) -> None:
    feed = advance(None, graphs[0], first_seq=7)
    seen = shown(feed)
    for graph in graphs[1:]:
        after = advance(feed, graph, first_seq=7)
        if after.delta is None:
            assert (after.seq, after.snapshot) == (feed.seq, feed.snapshot)
        else:
            result, seen = apply(seen, orjson.loads(after.delta))
            assert (result, after.seq) == ("applied", feed.seq + 1)
        assert canonical(seen) == canonical(shown(after))
        feed = after


@given(any_graph(), any_graph())
def test_a_delta_holds_only_elements_that_changed(before: Graph, after: Graph) -> None:
    first = advance(None, before, 1)
    second = advance(first, after, 1)
    if second.delta is None:
        return
    message, old = orjson.loads(second.delta), shown(first)
    for kind in ("nodes", "edges"):
        known = {element["id"]: element for element in old[kind]}
        assert all(known.get(element["id"]) != element for element in message[kind]["upsert"])
        assert set(message[kind]["remove"]) <= set(known)
    assert second.changed == sum(
        len(message[kind][part]) for kind in ("nodes", "edges") for part in ("upsert", "remove")
    )


def test_the_first_feed_starts_at_the_number_given_and_has_no_delta() -> None:
    feed = advance(None, judged(node("shop/cart", 10)), first_seq=1_700_000_000_000)
    assert (feed.seq, feed.delta) == (1_700_000_000_000, None)
    assert shown(feed)["seq"] == 1_700_000_000_000


def test_a_change_below_three_significant_digits_is_not_published() -> None:
    before = advance(None, judged(node("shop/cart", 650_000)), 1)
    assert advance(before, judged(node("shop/cart", 650_010)), 1).delta is None
    assert advance(before, judged(node("shop/cart", 660_000)), 1).delta is not None


def test_http_is_answered_from_the_newest_graph_even_if_nothing_was_published() -> None:
    before = advance(None, judged(node("shop/cart", 650_000)), 1)
    later = judged(node("shop/cart", 650_010))
    after = advance(before, later, 1)
    assert orjson.loads(after.answer) == graph_json(later, 1)
    assert after.snapshot == before.snapshot


def test_a_call_that_vanished_is_removed_and_its_nodes_stay() -> None:
    web, cart = node("shop/web", 10), node("shop/cart", 10)
    before = advance(None, judged(web, cart, edge("shop/web→shop/cart", 10)), 1)
    delta = advance(before, judged(web, node("shop/cart", 10), node("shop/new", 1)), 1).delta
    assert delta is not None
    message = orjson.loads(delta)
    assert message["edges"] == {"upsert": [], "remove": ["shop/web→shop/cart"]}
    assert [element["id"] for element in message["nodes"]["upsert"]] == ["shop/new"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_cases_that_the_browser_reads_too(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert apply(case["graph"], case["delta"]) == (case["result"], case["expect"])


def test_there_are_cases() -> None:
    assert len(CASES) >= 6
