"""The public JSON: every name there, unknown is null and never 0, numbers exact for HTTP and rounded for sockets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.graph.snapshot import Graph
from telemetry.observed import VersionShare
from telemetry.publish.body import edge_json, exact, graph_json, instant, node_json, rounded
from tests.graphs import AT, any_graph, edge, graph, judged, node

SIGNALS = [
    "rps",
    "error_ratio",
    "client_error_ratio",
    "p50_ms",
    "p90_ms",
    "p95_ms",
    "p99_ms",
    "saturation",
    "mtls_ratio",
    "denied_ratio",
    "retry_ratio",
    "bytes_in_per_s",
    "bytes_out_per_s",
    "connections_per_s",
]


def test_a_node_has_the_fields_of_the_design() -> None:
    row = replace(
        node("east:shop/a%2Fb", 650, 65, codes={"503": 65}),
        versions=("v2", "v1"),
        shares=(VersionShare("v2", 130, 52), VersionShare("v1", 520, 13)),
        last_request=AT,
        failing_traces=("ab" * 16,),
        warning="Its clock is 90 s behind.",
    )
    body = node_json(next(judged(row).nodes()))
    assert list(body["signals"]) == SIGNALS
    assert body.pop("signals") == dict.fromkeys(SIGNALS) | {
        "rps": 10.0,
        "error_ratio": 0.1,
        "client_error_ratio": 0.0,
        "denied_ratio": 0.0,
    }
    assert body == {
        "id": "east:shop/a%2Fb",
        "cluster": "east",
        "namespace": "shop",
        "name": "a/b",
        "kind": "service",
        "health": "failing",
        "reasons": [
            {
                "signal": "error_ratio",
                "value": 0.1,
                "threshold": 0.05,
                "text": "10 % of requests fail (503), between 7.9 and 12.5 %, threshold 5 %.",
            }
        ],
        "versions": ["v2", "v1"],
        "version_shares": [
            {"version": "v1", "share": 0.8, "rps": 8.0, "error_ratio": 0.025},
            {"version": "v2", "share": 0.2, "rps": 2.0, "error_ratio": 0.4},
        ],
        "failing_traces": ["ab" * 16],
        "last_request": "2026-03-02T03:14:05.000Z",
        "warning": "Its clock is 90 s behind.",
    }


def test_an_edge_repeats_its_mtls_share_and_counts_its_codes() -> None:
    row = edge("shop/web→shop/cart", 3, 1, codes={"503": 1.0, "200": 1.5, "404": 0.0}, mutual_tls=1.0, reached=3.0)
    body = edge_json(next(judged(replace(row, protocols=("http", "grpc"), evidence=("metrics", "spans"))).edges()))
    assert body["mtls_ratio"] == body["signals"]["mtls_ratio"] == 1 / 3
    assert body["codes"] == {"200": 1.5, "503": 1}
    assert (body["id"], body["source"], body["target"]) == ("shop/web→shop/cart", "shop/web", "shop/cart")
    assert (body["protocol"], body["protocols"], body["evidence"]) == ("http", ["http", "grpc"], ["metrics", "spans"])
    assert (body["flags"], body["failing_traces"], body["health"]) == ({}, [], "healthy")


def test_an_edge_says_who_called_whom_which_versions_and_how_often() -> None:
    row = replace(
        edge("shop/web→shop/cart", 100, 1, attempts=123.0, retry_success=13.0, saturation=0.7, ejected=0.5),
        source_identities=("spiffe://mesh.local/ns/shop/sa/web",),
        target_identities=("spiffe://mesh.local/ns/shop/sa/cart",),
        shares=(VersionShare("", 0, 0), VersionShare("v1", 65, 13)),
    )
    body = edge_json(next(graph(row).edges()))
    assert body["identities"] == {
        "source": ["spiffe://mesh.local/ns/shop/sa/web"],
        "target": ["spiffe://mesh.local/ns/shop/sa/cart"],
    }
    assert body["attempts"] == {"per_request": 1.23, "success_first_try": 0.86, "success_in_the_end": 0.99}
    assert body["versions"] == [
        {"version": "v1", "share": 1.0, "rps": 1.0, "error_ratio": 0.2},
        {"version": "", "share": 0.0, "rps": 0.0, "error_ratio": None},
    ]
    assert (body["ejected_ratio"], body["signals"]["saturation"]) == (0.5, 0.7)


def test_what_nobody_says_of_an_edge_is_null_or_empty() -> None:
    body = edge_json(next(graph(edge("shop/web→shop/cart", 100, 1)).edges()))
    assert body["identities"] == {"source": [], "target": []}
    assert (body["attempts"], body["versions"], body["ejected_ratio"]) == (None, [], None)
    assert body["signals"]["saturation"] is None


@given(any_graph())
def test_a_graph_serialises_in_order_of_ids_with_every_signal_of_every_element(some: Graph) -> None:
    body = orjson.loads(orjson.dumps(graph_json(some, None)))
    assert body["seq"] is None
    for kind in ("nodes", "edges"):
        ids = [element["id"] for element in body[kind]]
        assert ids == sorted(set(ids))
        assert all(list(element["signals"]) == SIGNALS for element in body[kind])
    assert {end for each in body["edges"] for end in (each["source"], each["target"])} <= {
        n["id"] for n in body["nodes"]
    }


def test_http_is_exact_and_the_socket_has_three_digits() -> None:
    one = next(graph(node("shop/cart", 1234.5)).nodes())
    assert node_json(one)["signals"]["rps"] == 1234.5 / 65
    assert node_json(one, rounded)["signals"]["rps"] == 19.0


@given(st.floats(min_value=1e-9, max_value=1e12) | st.floats(min_value=0.09, max_value=1100))
def test_rounding_is_to_three_significant_digits_and_again_changes_nothing(value: float) -> None:
    (once,) = rounded([value])
    assert once is not None
    assert rounded([once]) == [once]
    assert once == float(f"{once:.3g}")
    assert abs(once - value) <= value * 0.00501


@pytest.mark.parametrize("value", [None, 0.0], ids=["unknown stays unknown", "zero stays zero"])
def test_nothing_to_round(value: float | None) -> None:
    assert rounded([value]) == list(exact([value])) == [value]


def test_instants_are_utc_with_milliseconds() -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    assert instant(datetime(2026, 3, 2, 8, 44, 5, 123456, tzinfo=kolkata)) == "2026-03-02T03:14:05.123Z"
    assert instant(datetime(2026, 3, 2, tzinfo=UTC)) == "2026-03-02T00:00:00.000Z"
