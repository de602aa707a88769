"""Hubble's HTTP metrics in both versions (mesh-telemetry.md §1.11). Traps as in its section 9."""

from pathlib import Path

from telemetry.engine.embedded import EmbeddedEngine
from tests.telemetry.dialects.telling import count, durations, tell

ENDS = {
    "source_namespace": "shop",
    "source_workload": "web",
    "destination_namespace": "shop",
    "destination_workload": "cart",
}
BACK = {
    "source_namespace": "shop",
    "source_workload": "cart",
    "destination_namespace": "shop",
    "destination_workload": "web",
}


def test_version_2_says_how_requests_ended_and_who_saw_them(engine: EmbeddedEngine, tmp_path: Path) -> None:
    told = [
        count(
            "hubble_http_requests_total", n, **ENDS, reporter=reporter, method="GET", protocol="HTTP/1.1", status=status
        )
        for reporter, status, n in (
            ("client", "200", 7),
            ("client", "503", 2),
            ("server", "200", 7),
            ("unknown", "200", 1),
        )
    ]
    took = durations("hubble_http_request_duration_seconds", 12.0, [9, 0, 0, 0, 0, 0], **ENDS, reporter="client")
    heard = tell(engine, tmp_path, *told, took)
    edge = heard.one("client", "shop/web", "shop/cart")
    assert (edge.codes, edge.total("duration_ms"), edge.latency) == ({"200": 7, "503": 2}, 12_000, 9)
    assert heard.one("server", "shop/web", "shop/cart").codes == {"200": 7}
    assert heard.why("hubble_http_requests_total") == {"", "no label says which side counted"}


def test_trap_37_responses_of_version_1_go_the_other_way(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(
        engine,
        tmp_path,
        count("hubble_http_requests_total", 9, **ENDS, reporter="client", method="GET"),
        count("hubble_http_responses_total", 9, **BACK, reporter="client", method="GET", status="200"),
        durations("hubble_http_request_duration_seconds", 12.0, [9, 0, 0, 0, 0, 0], **BACK, reporter="client"),
    )
    assert heard.pairs() == {("shop/web", "shop/cart")}
    edge = heard.one("client", "shop/web", "shop/cart")
    assert (edge.codes, edge.latency) == ({"200": 9}, 9)


def test_pods_of_a_context_are_their_workload(engine: EmbeddedEngine, tmp_path: Path) -> None:
    ends = {"source": "shop/web-5d4f8c7b9-x2k4p", "destination": "pay/payments-7f9c4d5b8-q8w2z"}
    told = count("hubble_http_requests_total", 3, **ends, reporter="server", status="200")
    assert tell(engine, tmp_path, told).pairs() == {("shop/web", "pay/payments")}


def test_flows_are_no_requests(engine: EmbeddedEngine, tmp_path: Path) -> None:
    heard = tell(engine, tmp_path, count("hubble_flows_processed_total", 99, **ENDS, type="L7", verdict="FORWARDED"))
    assert (heard.why("hubble_flows_processed_total"), heard.rows) == ({"flows are no requests"}, [])
