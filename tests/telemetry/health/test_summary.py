"""What the first page says, one situation a test; and what holds for any graph."""

from dataclasses import replace

import pytest
from hypothesis import given

from telemetry.graph.element import Health
from telemetry.graph.snapshot import Graph
from telemetry.health.summary import Summary, summarise
from telemetry.observed import EdgeRow, NodeRow
from tests.graphs import any_graph, edge, judged, node

Row = NodeRow | EdgeRow


def chain(*, db: float = 0, cart: float = 0, web: float = 0, gateway: float = 0) -> list[Row]:
    """edge/gateway → shop/web → shop/cart → -/cart-db, 1,000 requests each, failures as given."""
    return [
        node("edge/gateway", 1000, gateway, kind="gateway"),
        node("shop/web", 1000, web),
        node("shop/cart", 1000, cart),
        node("-/cart-db", 1000, db, kind="database"),
        edge("edge/gateway→shop/web", 1000, web),
        edge("shop/web→shop/cart", 1000, cart),
        edge("shop/cart→-/cart-db", 1000, db),
    ]


def summary(*rows: Row) -> Summary:
    return summarise(judged(*rows))


@pytest.mark.parametrize(
    ("rows", "health", "headline"),
    [
        pytest.param(chain(), "healthy", "All 4 services are healthy.", id="all is well"),
        pytest.param([node("a/a", 5)], "healthy", "The only service is healthy.", id="one service"),
        pytest.param([], "unknown", "No service has been seen in the last hour.", id="nothing"),
        pytest.param(
            [node("a/a"), node("b/b")], "idle", "No request in this window; two services are idle.", id="all idle"
        ),
        pytest.param(
            [node("a/a", 5), node("b/b"), node("c/c", 5, cancelled=5), node("d/d", 5)],
            "healthy",
            "Two services are healthy, one service is idle and one service is unknown.",
            id="some idle, some unknown",
        ),
        pytest.param(
            [node("a/a", 9), edge("-/unknown→a/a", 9)],
            "healthy",
            "The only service is healthy.",
            id="unknown is no one's",
        ),
        pytest.param(chain(cart=310), "failing", "shop/cart fails for 31 % of requests.", id="one fails"),
        pytest.param(chain(cart=30), "degraded", "shop/cart fails for 3 % of requests.", id="one is degraded"),
        pytest.param(
            chain(cart=310, web=290, gateway=40),
            "failing",
            "shop/cart fails for 31 % of requests. One other service is failing.",
            id="the worst is named, degraded ones do not count among the failing",
        ),
        pytest.param(
            [node("a/a", 100), node("b/b", 100), edge("a/a→b/b", 100, 31)],
            "failing",
            "Both services are healthy, but the call a/a → b/b fails for 31 % of requests.",
            id="only a call fails",
        ),
    ],
)
def test_headline(rows: list[Row], health: str, headline: str) -> None:
    found = summary(*rows)
    assert (found.headline, found.health) == (headline, health)


def test_an_outage_from_the_store_up_is_told_from_both_ends() -> None:
    found = summary(*chain(db=400, cart=310, web=290, gateway=40))
    assert found.headline == "-/cart-db fails for 40 % of requests. Two other services are failing."
    assert found.starts_text == "It starts there: nothing it calls is failing."
    assert found.hurt_text == (
        "Hurt by it: edge/gateway (4 % of its requests), shop/cart (31 % of its requests) "
        "and shop/web (29 % of its requests)."
    )
    assert found.proof == "-/cart-db: 40 % of requests fail, between 37.0 and 43.1 %, threshold 5 %.".replace(
        "37.0", "37"
    )
    assert [one.id for one in found.trouble] == ["-/cart-db", "shop/cart", "shop/web", "edge/gateway"]
    assert [one.entry for one in found.hurt] == [True, False, False]
    assert (found.requests, found.failed) == (1000, 40)
    assert [one.id for one in found.entries_hit] == ["edge/gateway"]


def test_the_caller_may_look_worse_than_where_it_starts() -> None:
    found = summary(*chain(cart=310, web=600))
    assert found.headline.startswith("shop/web fails for 60 % of requests.")
    assert found.starts_text == "It starts at shop/cart."
    assert [start.node.id for start in found.starts] == ["shop/cart"]


def test_a_call_that_fails_between_two_nodes_is_where_to_look() -> None:
    rows = chain(cart=310)
    rows[-1] = edge("shop/cart→-/cart-db", 1000, 310)
    found = summary(*rows)
    (start,) = found.starts
    assert start.edge is not None
    assert (start.node.id, start.edge.id) == ("shop/cart", "shop/cart→-/cart-db")
    assert found.starts_text == "It starts at the call shop/cart → -/cart-db."


def test_a_ring_of_failing_services_is_one_place_to_start() -> None:
    ring = [node("a/a", 100, 50), node("b/b", 100, 40), edge("a/a→b/b", 100, 40), edge("b/b→a/a", 100, 50)]
    found = summary(*ring, node("c/c", 100, 30), edge("c/c→a/a", 100, 30))
    assert [start.node.id for start in found.starts] == ["a/a", "b/b"]
    assert found.starts_text == "It starts at a/a and b/b."
    assert [one.node.id for one in found.hurt] == ["c/c"]


def test_many_places_are_counted_after_three() -> None:
    found = summary(*(node(f"a/{name}", 100, 50) for name in "abcde"))
    assert found.starts_text == "It starts at a/a, a/b, a/c and two others."


def test_a_failing_caller_of_a_degraded_one_is_not_blamed_on_it() -> None:
    found = summary(*chain(cart=30, web=500))
    assert [start.node.id for start in found.starts] == ["shop/web"]


def test_who_only_calls_is_hurt_by_the_share_of_its_calls() -> None:
    found = summary(node("a/a", 100, 50), edge("jobs/nightly→a/a", 80, 40), edge("-/unknown→a/a", 20, 10))
    assert [(one.node.id, one.share) for one in found.hurt] == [("jobs/nightly", 0.5)]


def test_without_a_gateway_requests_enter_where_nobody_known_calls() -> None:
    found = summary(node("a/a", 100), node("b/b", 80), edge("-/unknown→a/a", 100), edge("a/a→b/b", 80))
    assert [one.id for one in found.entries] == ["a/a"]


def test_a_gateway_behind_a_gateway_is_no_entry() -> None:
    found = summary(
        node("edge/out", 100, kind="gateway"), node("edge/in", 100, kind="gateway"), edge("edge/out→edge/in", 100)
    )
    assert [one.id for one in found.entries] == ["edge/out"]


def test_the_request_to_open_first_is_the_newest_where_it_starts() -> None:
    rows = chain(cart=310, web=600)
    rows[1] = replace(rows[1], failing_traces=("aa" * 16,))
    rows[2] = replace(rows[2], failing_traces=("bb" * 16, "cc" * 16))
    assert summary(*rows).failing_trace == "bb" * 16
    assert summary(*chain()).failing_trace is None


def test_two_failures_of_three_at_night_make_no_headline() -> None:
    assert summary(node("a/a", 3, 2), node("b/b", 900)).headline == "Both services are healthy."


@given(any_graph())
def test_any_graph_has_a_summary_that_adds_up(graph: Graph) -> None:
    found = summarise(graph)
    services = [one for one in graph.nodes() if one.kind != "unknown"]
    assert sum(found.counts.values()) == len(services)
    assert len(found.trouble) == found.counts[Health.FAILING] + found.counts[Health.DEGRADED]
    assert bool(found.starts) == bool(found.trouble) == bool(found.starts_text)
    assert found.headline.endswith(".")
    assert (found.health in (Health.FAILING, Health.DEGRADED)) == bool(found.trouble or found.calls)
    starts = {start.node.id for start in found.starts}
    assert not starts & {one.node.id for one in found.hurt}
    assert 0 <= found.failed <= found.requests
