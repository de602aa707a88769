"""What metrics or logs said becomes edges and nodes: whose side makes the edge, what counts at the node, what a name
means (mesh-telemetry.md §1.5, rules.md)."""

from pathlib import Path
from typing import Any

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Engine, Signal
from telemetry.rollup import said
from telemetry.rollup.fold import Run, learn_owners
from telemetry.rollup.refresh import SAYERS, refresh
from telemetry.rollup.todo import fitting
from tests.build import T0, later, load, log, logs, resource

Stored = dict[str, Any]


def row(side: str, n: float, source: str = "shop/web", target: str = "shop/cart", **more: Any) -> Stored:
    told: Stored = {
        "bucket": T0,
        "dialect": "istio",
        "rank": 10,
        "side": side,
        "source": source,
        "target": target,
        "protocol": "http",
        "class": "ok",
        "code": "200",
        "arrived": 1,
        "n": n,
        "latency": {"8": int(n)},
    }
    return told | more


def failed(side: str, n: float, flags: str, **more: Any) -> Stored:
    return row(side, n, **({"class": "error", "code": "503", "flags": flags, "flag_n": n, "arrived": 0} | more))


def settled(
    engine: EmbeddedEngine,
    *rows: Stored,
    served: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
    signal: Signal = Signal.METRICS,
    late: bool = True,
    generation: int = 1,
) -> tuple[dict[tuple[str, str], Stored], dict[str, Stored]]:
    """The bucket's edges by pair and nodes by id after the rows were said."""
    said.empty(engine)
    engine.insert_rows("fold_said", list(rows))
    engine.insert_rows("fold_servers", [{"dialect": "istio", "node": node} for node in served])
    engine.insert_rows("services", [{"node": node, "first_seen": T0, "last_seen": T0} for node in known])
    learn_owners(engine)
    said.settle(engine, signal, Run(T0, T0, later(600 if late else -10), generation))
    edges = engine.query("SELECT * EXCEPT (failing_traces) FROM edges_10s FINAL")
    nodes = engine.query("SELECT * EXCEPT (failing_traces) FROM nodes_10s FINAL")
    return {(edge["source"], edge["target"]): edge for edge in edges}, {node["node"]: node for node in nodes}


def test_sidecar_to_sidecar_the_source_makes_the_edge_and_the_destination_the_node(engine: EmbeddedEngine) -> None:
    edges, nodes = settled(engine, row("client", 10), row("server", 12, latency={"6": 12}), served=("shop/cart",))
    edge, node = edges["shop/web", "shop/cart"], nodes["shop/cart"]
    assert (edge["requests"], edge["latency"], edge["callee_requests"]) == (10, {"8": 10}, 12)
    assert (node["requests"], node["latency"], node["served"]) == (12, {"6": 12}, 1)


def test_without_a_proxy_at_the_target_the_source_makes_both(engine: EmbeddedEngine) -> None:
    edges, nodes = settled(engine, row("client", 10))
    assert (edges["shop/web", "shop/cart"]["requests"], nodes["shop/cart"]["requests"]) == (10, 10)


def test_an_unknown_caller_is_drawn_and_an_unnamed_one_is_not(engine: EmbeddedEngine) -> None:
    edges, nodes = settled(engine, row("server", 3, "-/unknown"), row("server", 4, ""), served=("shop/cart",))
    assert set(edges) == {("-/unknown", "shop/cart")}
    assert edges["-/unknown", "shop/cart"]["source_kind"] == "unknown"
    assert nodes["shop/cart"]["requests"] == 7


def test_what_never_arrived_counts_at_the_node_it_was_meant_for(engine: EmbeddedEngine) -> None:
    """Trap 13: a service that is wholly down has no destination series."""
    edges, nodes = settled(engine, failed("client", 9, "UH"), row("server", 1), served=("shop/cart",))
    assert (nodes["shop/cart"]["requests"], nodes["shop/cart"]["failures"]) == (10, 9)
    assert nodes["shop/cart"]["flags"] == {"UH": 9}
    assert nodes["shop/cart"]["latency"] == {"8": 1}
    assert edges["shop/web", "shop/cart"]["failures"] == 9


def test_what_the_callers_proxy_refused_stays_on_the_edge(engine: EmbeddedEngine) -> None:
    for flag in ("RL", "UAEX", "FI", "IH", "NR"):
        edges, nodes = settled(engine, failed("client", 9, flag), row("server", 1), served=("shop/cart",))
        assert edges["shop/web", "shop/cart"]["requests"] == 9
        assert nodes["shop/cart"]["requests"] == 1


def test_what_arrived_is_counted_by_who_received_it(engine: EmbeddedEngine) -> None:
    rows = failed("client", 9, "UT", arrived=1, code="504"), row("server", 9)
    edges, nodes = settled(engine, *rows, served=("shop/cart",))
    assert (edges["shop/web", "shop/cart"]["failures"], nodes["shop/cart"]["failures"]) == (9, 0)


def test_a_waypoint_is_the_node_only_where_no_destination_speaks(engine: EmbeddedEngine) -> None:
    edges, nodes = settled(engine, row("relay", 5), served=("shop/cart",))
    assert (edges["shop/web", "shop/cart"]["requests"], nodes["shop/cart"]["requests"]) == (5, 5)
    edges, nodes = settled(engine, row("relay", 5), row("server", 6), served=("shop/cart",), generation=2)
    assert (edges["shop/web", "shop/cart"]["requests"], nodes["shop/cart"]["requests"]) == (5, 6)


def test_a_counter_of_flags_adds_no_request_where_the_caller_counts(engine: EmbeddedEngine) -> None:
    """Envoy's cluster counters: 503s are in the count by code, UH is a counter of its own."""
    by_code = row("client", 10, **{"class": "error", "code": "503", "arrived": -1})
    flagged = row(
        "client", 0, **{"class": "error", "code": "", "flags": "UH", "flag_n": 4, "arrived": 0, "latency": {}}
    )
    edges, nodes = settled(engine, by_code, flagged, row("server", 6), served=("shop/cart",))
    assert (edges["shop/web", "shop/cart"]["requests"], edges["shop/web", "shop/cart"]["flags"]) == (10, {"UH": 4})
    assert (nodes["shop/cart"]["requests"], nodes["shop/cart"]["failures"]) == (10, 4)


def test_mtls_is_told_by_the_side_that_knows(engine: EmbeddedEngine) -> None:
    """Trap 22: the source never knows."""
    edges, _ = settled(engine, row("client", 10), row("server", 10, mutual_tls=9.0, reached=10.0))
    assert (edges["shop/web", "shop/cart"]["mutual_tls"], edges["shop/web", "shop/cart"]["reached"]) == (9, 10)


def test_tcp_is_a_layer_of_its_own(engine: EmbeddedEngine) -> None:
    tcp = row("client", 0, protocol="tcp", code="", latency={}, connections=3.0, bytes_in=10.0, bytes_out=20.0)
    _, nodes = settled(engine, tcp, row("server", 5))
    stored = engine.query("SELECT protocol, requests, connections, bytes_out FROM edges_10s ORDER BY protocol")
    assert [(e["protocol"], e["requests"], e["connections"], e["bytes_out"]) for e in stored] == [
        ("http", 5, None, None),
        ("tcp", 0, 3, 20),
    ]
    assert nodes["shop/cart"]["requests"] == 5


def named(peer: str, ns: str = "", **more: Any) -> Stored:
    return row("client", 1, target="", peer=peer, peer_ns=ns, **more)


def test_a_name_is_of_the_callers_namespace_then_dotted_then_the_only_one(engine: EmbeddedEngine) -> None:
    known = ("shop/cart", "pay/cart", "pay/payments", "pay/stock")
    edges, _ = settled(
        engine, named("cart"), named("stock.pay"), named("payments"), named("payments", "pay"), known=known
    )
    assert {target for _, target in edges} == {"shop/cart", "pay/stock", "pay/payments"}
    assert edges["shop/web", "pay/payments"]["requests"] == 2
    assert edges["shop/web", "pay/payments"]["target_kind"] == "service"


def test_a_host_that_nobody_knows_is_outside_and_drawn_once_settled(engine: EmbeddedEngine) -> None:
    edges, _ = settled(engine, named("mail.example.com"), late=False)
    assert edges == {}
    edges, _ = settled(engine, named("mail.example.com"), generation=2)
    assert edges["shop/web", "-/mail.example.com"]["target_kind"] == "external"


def test_a_caller_of_another_cluster_finds_its_own_neighbours(engine: EmbeddedEngine) -> None:
    edges, _ = settled(engine, named("cart") | {"source": "east:shop/web"}, known=("east:shop/cart", "shop/cart"))
    assert set(edges) == {("east:shop/web", "east:shop/cart")}


def test_what_is_not_said_again_goes_and_other_signals_stay(engine: EmbeddedEngine) -> None:
    settled(engine, row("client", 10), row("server", 10, version="v1"))
    settled(engine, row("client", 7, dialect="logs", rank=40), signal=Signal.LOGS, generation=2)
    settled(engine, generation=3)
    found = engine.query("SELECT dialect, requests FROM edges_10s FINAL ORDER BY dialect")
    assert [(edge["dialect"], edge["requests"]) for edge in found] == [("istio", 0), ("logs", 7)]
    (part,) = engine.query("SELECT requests FROM parts_10s FINAL WHERE dialect = 'istio'")
    assert part["requests"] == 0


def test_first_seen_is_said_once(engine: EmbeddedEngine) -> None:
    settled(engine, row("server", 10, version="v1", operation="GET /"))
    settled(engine, row("server", 10, version="v1", operation="GET /"), generation=2)
    found = engine.query("SELECT what, id, part FROM first_seen ORDER BY what, id")
    assert [(one["what"], one["id"], one["part"]) for one in found] == [
        ("edge", "shop/web→shop/cart", ""),
        ("node", "shop/cart", ""),
        ("node", "shop/web", ""),
        ("operation", "shop/cart", "GET /"),
        ("version", "shop/cart", "v1"),
    ]


def test_a_service_and_what_its_pods_call_themselves_are_one_node(engine: EmbeddedEngine) -> None:
    engine.insert_rows("named_twice", [{"id": "shop/reviews", "node": "shop/reviews-app"}])
    edges, nodes = settled(engine, row("client", 3, target="shop/reviews"), row("client", 2, target="shop/reviews-app"))
    assert set(edges) == {("shop/web", "shop/reviews-app")}
    assert nodes["shop/reviews-app"]["requests"] == 5


def test_logs_rest_so_many_times_as_long_as_they_took(engine: EmbeddedEngine, tmp_path: Path) -> None:
    sidecar = resource("web", namespace="shop")
    for n in (1, 2):
        sent = log(attributes={"response_code": "200", "response_flags": "-", "traffic_direction": "inbound"})
        load(engine, tmp_path, logs(sidecar, sent), received=later(n))
        refresh(engine, later(n), rest=3600.0)
    assert refresh(engine, later(3), rest=3600.0).left > 0
    stored = engine.query("SELECT sum(requests) AS n FROM nodes_10s FINAL")
    assert stored[0]["n"] == 1


def test_a_backlog_is_computed_in_runs_that_fit_in_memory(
    engine: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telemetry.rollup.refresh._ROWS_A_RUN", 2)
    runs: list[Run] = []
    fold = SAYERS[Signal.LOGS]

    def noted(engine: Engine, run: Run) -> None:
        runs.append(run)
        fold(engine, run)

    monkeypatch.setitem(SAYERS, Signal.LOGS, noted)
    said_of = {"response_code": "200", "response_flags": "-", "traffic_direction": "inbound"}
    records = [log(at=later(second), attributes=said_of) for second in range(0, 60, 10)]
    load(engine, tmp_path, logs(resource("web", namespace="shop"), *records), received=later(600))
    refresh(engine, later(600), 60)
    assert len(runs) > 2
    assert engine.query("SELECT sum(requests) AS n FROM nodes_10s FINAL")[0]["n"] == 6


@pytest.mark.parametrize(
    ("costs", "most", "fit"), [([], 5, 1), ([9], 5, 1), ([2, 3, 1], 5, 2), ([0, 0, 0], 0, 3), ([2, 2, 2], 100, 3)]
)
def test_as_many_as_fit_but_at_least_one(costs: list[int], most: int, fit: int) -> None:
    assert fitting(costs, most) == fit
