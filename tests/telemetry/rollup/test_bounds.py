"""Names without end are kept up to a number a service, the first ones met; the rest is `other`, and nothing is lost."""

from collections import Counter
from datetime import timedelta
from typing import Any

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Signal
from telemetry.rollup import said
from telemetry.rollup.fold import Run, fold, learn_owners
from telemetry.rollup.refresh import refresh
from tests.build import T0, later
from tests.plain.normal import NormalSpan
from tests.telemetry.rollup.rows import store
from tests.telemetry.rollup.spans import call, span
from tests.telemetry.rollup.test_said import row

MOST = 3
FAR: dict[str, Any] = {"peer_kind": "external"}


def entered(number: int, operation: str, at_s: float = 1.0, node: str = "shop/web") -> NormalSpan:
    return span(number, node, "in", at_s=at_s, trace=number, operation=operation)


def refreshed(engine: EmbeddedEngine, spans: list[NormalSpan]) -> None:
    store(engine, spans)
    while refresh(engine, later(600), 60, names=MOST).left:
        pass


def operations(engine: EmbeddedEngine, node: str = "shop/web") -> dict[str, float]:
    sql = """SELECT operation, sum(requests) AS n FROM operations_10s FINAL
        WHERE node = {node:String} GROUP BY operation HAVING n > 0"""
    return {row["operation"]: row["n"] for row in engine.query(sql, {"node": node})}


def called(engine: EmbeddedEngine, source: str = "shop/web") -> dict[str, float]:
    sql = """SELECT target, sum(requests) AS n FROM edges_10s FINAL
        WHERE source = {source:String} GROUP BY target HAVING n > 0"""
    return {row["target"]: row["n"] for row in engine.query(sql, {"source": source})}


def test_the_first_operations_of_a_service_are_kept_and_every_request_counts(engine: EmbeddedEngine) -> None:
    refreshed(engine, [entered(number, f"GET /{number}", at_s=1 + number / 100) for number in range(1, 8)])
    assert operations(engine) == {"GET /1": 1, "GET /2": 1, "GET /3": 1, "other": 4}


def test_another_service_keeps_its_own(engine: EmbeddedEngine) -> None:
    noisy = [entered(number, f"GET /{number}") for number in range(1, 8)]
    refreshed(engine, [*noisy, entered(9, "GET /", node="shop/cart")])
    assert operations(engine, "shop/cart") == {"GET /": 1}


def test_an_operation_kept_once_stays_kept_whatever_comes_before_it(engine: EmbeddedEngine) -> None:
    refreshed(engine, [entered(number, f"GET /{number}", at_s=100) for number in range(1, 4)])
    refreshed(engine, [entered(number, f"GET /{number}", at_s=1) for number in range(3, 9)])
    assert operations(engine) == {"GET /1": 1, "GET /2": 1, "GET /3": 2, "other": 5}


def test_a_recompute_gives_the_same_names(engine: EmbeddedEngine) -> None:
    refreshed(engine, [entered(number, f"GET /{number}", at_s=1 + number / 100) for number in range(1, 8)])
    once = operations(engine)
    fold(engine, Run(T0, T0, later(600), 1 << 60, names=MOST))
    assert operations(engine) == once


def test_hosts_that_spans_call_are_kept_up_to_the_number(engine: EmbeddedEngine) -> None:
    hosts = [call(number, peer=f"h{number}.example", at_s=1 + number / 100, **FAR) for number in range(1, 8)]
    refreshed(engine, [*hosts, call(9, peer="orders", peer_kind="database"), span(90, "shop/cart", "in", at_s=1)])
    assert called(engine) == {"-/orders": 1, "-/h1.example": 1, "-/h2.example": 1, "-/other": 5}
    (edge,) = engine.query("SELECT DISTINCT target_kind FROM edges_10s WHERE target = '-/other'")
    assert edge["target_kind"] == "external"


def settled(engine: EmbeddedEngine, *rows: dict[str, Any], signal: Signal = Signal.METRICS) -> None:
    said.empty(engine)
    engine.insert_rows("fold_said", list(rows))
    learn_owners(engine)
    said.settle(engine, signal, Run(T0, T0, later(600), 1, names=MOST))


def test_hosts_and_operations_that_are_said_are_kept_up_to_the_number(engine: EmbeddedEngine) -> None:
    hosts = [row("client", 1, target="", peer=f"h{number}.example", peer_kind="external") for number in range(7)]
    paths = [row("server", 2, operation=f"GET /{number}") for number in range(7)]
    settled(engine, *hosts, *paths)
    assert Counter(called(engine)) == {"-/h0.example": 1, "-/h1.example": 1, "-/h2.example": 1, "-/other": 4,
                                       "shop/cart": 14}  # fmt: skip
    assert operations(engine, "shop/cart") == {"GET /0": 2, "GET /1": 2, "GET /2": 2, "other": 8}


def test_a_known_service_is_no_host_outside(engine: EmbeddedEngine) -> None:
    names = [f"svc-{number}" for number in range(7)]
    engine.insert_rows("services", [{"node": f"shop/{name}", "first_seen": T0, "last_seen": T0} for name in names])
    settled(engine, *(row("client", 1, target="", peer=name, peer_kind="service") for name in names))
    assert called(engine) == {f"shop/{name}": 1 for name in names}


def test_what_is_over_is_kept_for_a_warning(engine: EmbeddedEngine) -> None:
    refreshed(engine, [entered(number, f"GET /{number}", at_s=1 + number / 100) for number in range(1, 8)])
    (found,) = engine.query("SELECT what, id, signal, max(n) AS n, any(example) AS example FROM crowded GROUP BY ALL")
    assert found == {"what": "operation", "id": "shop/web", "signal": "traces", "n": 4, "example": "GET /4"}
    refreshed(engine, [entered(20, "GET /1", at_s=100)])
    sql = "SELECT count() AS n FROM crowded WHERE at >= {at:DateTime('UTC')}"
    assert engine.query(sql, {"at": T0 + timedelta(seconds=100)}) == [{"n": 0}]
