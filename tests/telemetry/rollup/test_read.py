"""A window's nodes and edges, and the series of one of them, as the roll-ups have them."""

from datetime import timedelta

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.histogram import quantile
from telemetry.identity import EdgeId
from telemetry.observed import Observed
from telemetry.rollup import read
from telemetry.rollup.refresh import refresh
from telemetry.rollup.series import series
from telemetry.window import Window
from tests.build import T0, later
from tests.plain.normal import NormalSpan
from tests.telemetry.rollup.rows import store
from tests.telemetry.rollup.spans import answer, call, span


def seen(engine: EmbeddedEngine, spans: list[NormalSpan], at_s: float = 60.0, window_s: float = 60.0) -> Observed:
    store(engine, spans)
    refresh(engine, later(max(at_s, 600.0)), 60)
    return read.window(engine, Window.ending(later(at_s), window_s))


def test_a_window_sums_its_buckets_and_no_others(engine: EmbeddedEngine) -> None:
    pairs = [
        one for n, at in ((1, -1), (2, 1), (3, 15), (4, 59), (5, 61)) for one in (call(n, at_s=at), answer(n, at_s=at))
    ]
    (edge,) = seen(engine, pairs).edges
    assert (edge.source, edge.target, edge.protocol) == ("shop/web", "shop/cart", "http")
    assert edge.counts.requests == edge.callee.requests == 3
    assert edge.counts.codes == {"200": 3}
    assert edge.evidence == ("spans",)


def test_an_empty_window_has_nothing(engine: EmbeddedEngine) -> None:
    found = read.window(engine, Window.ending(T0, 60))
    assert (found.nodes, found.edges) == ((), ())


def test_one_edge_a_pair_named_by_its_busiest_protocol(engine: EmbeddedEngine) -> None:
    grpc = {"protocol": "grpc", "grpc": 14}
    spans = [call(1), answer(1), *(one for n in (2, 3) for one in (call(n, **grpc), answer(n, **grpc)))]
    (edge,) = seen(engine, spans).edges
    assert (edge.protocol, edge.protocols) == ("grpc", ("grpc", "http"))
    assert edge.counts.codes == {"200": 1, "grpc:14": 2}
    assert edge.counts.latency == {26: 3}
    assert edge.counts.failures == 2


def test_a_caller_that_nobody_calls_is_a_node_without_requests(engine: EmbeddedEngine) -> None:
    nodes = {node.id: node for node in seen(engine, [call(1), answer(1)]).nodes}
    assert nodes["shop/web"].kind == "service"
    assert nodes["shop/web"].counts.requests == 0
    assert nodes["shop/cart"].last_request == later(1)


@pytest.mark.parametrize(("at_s", "idle"), [(3000, True), (3700, False)], ids=["within an hour", "after an hour"])
def test_a_node_stays_idle_for_an_hour(engine: EmbeddedEngine, at_s: float, idle: bool) -> None:
    found = seen(engine, [call(1), answer(1)], at_s=at_s)
    assert [(node.id, node.counts.requests) for node in found.nodes] == ([("shop/cart", 0)] if idle else [])
    assert found.edges == ()


def test_versions_come_newest_first(engine: EmbeddedEngine) -> None:
    pairs = [("v2", 1), ("v10", 20), ("v1", 30)]
    spans = [one for n, (v, at) in enumerate(pairs, 1) for one in (call(n, at_s=at), answer(n, at_s=at, version=v))]
    (cart,) = [node for node in seen(engine, spans).nodes if node.id == "shop/cart"]
    assert cart.versions == ("v1", "v10", "v2")


def test_the_last_five_failing_traces_newest_first(engine: EmbeddedEngine) -> None:
    spans = [span(n, "shop/cart", "in", at_s=n * 7, trace=n, code=500 if n != 4 else 200) for n in range(1, 9)]
    found = seen(engine, spans)
    expected = tuple(f"{n:032x}" for n in (8, 7, 6, 5, 3))
    assert found.edges[0].failing_traces == expected
    assert {node.id: node.failing_traces for node in found.nodes}["shop/cart"] == expected


def test_series_of_an_edge_and_its_target(engine: EmbeddedEngine) -> None:
    slow = {"duration": 2_000_000_000, "code": 503}
    seen(
        engine,
        [
            call(1),
            answer(1),
            call(2, at_s=25, **slow),
            answer(2, at_s=25, **slow),
            call(3, at_s=26),
            answer(3, at_s=26),
        ],
    )
    edge = series(engine, EdgeId("shop/web", "shop/cart"), T0, later(40))
    assert edge.t == tuple(T0 + timedelta(seconds=s) for s in (0, 10, 20, 30))
    assert edge.signals["rps"] == (0.1, None, 0.2, None)
    assert edge.signals["error_ratio"] == (0.0, None, 0.5, None)
    assert edge.signals["p99_ms"][2] == quantile({26: 1, 87: 1}, 0.99)
    node = series(engine, "shop/cart", T0, later(40), 15)
    assert (node.step_s, node.signals["rps"]) == (20, (0.05, 0.1))


def test_series_of_nobody_are_empty_columns(engine: EmbeddedEngine) -> None:
    nobody = series(engine, "shop/nobody", T0, later(20))
    assert set(nobody.signals["rps"]) == {None}
    assert len(nobody.t) == 2
