"""Access-log records stand at the proxy's span of the same request, and what is usual is found among recent traces."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.traces.body import trace_json
from telemetry.traces.load import trace
from telemetry.traces.typical import typical
from tests.build import T0, load, log, logs, resource, span, traces

ONE = f"{1:032x}"
CART = resource("cart", namespace="shop", version="v1", instance="cart-1")
PROXY = {"component": "proxy", "traffic_direction": "inbound", "upstream_cluster": "local_app"}
SAID = {
    "traffic_direction": "inbound",
    "method": "GET",
    "path": "/cart",
    "response_code": "503",
    "response_flags": "UC",
    "response_code_details": "upstream_reset{connection_termination}",
    "upstream_cluster": "local_app",
    "duration": "12",
    "bytes_received": "10",
    "bytes_sent": "20",
    "request_id": "r-1",
    "upstream_request_attempt_count": "1",
}


def written(engine: EmbeddedEngine, folder: Path, **of: Any) -> None:
    load(engine, folder, logs(CART, log("", attributes=SAID, **of)))


def test_a_record_stands_at_its_span(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(CART, span("ingress", id=7, attributes=PROXY), span(id=8, parent=7)))
    written(engine, tmp_path, trace=1, id=7, at=T0 + timedelta(milliseconds=2))
    found = trace(engine, ONE)
    assert found is not None
    body = trace_json(found)
    said = {span["span_id"]: span["logs"] for span in body["spans"]}
    assert said[f"{8:016x}"] == body["logs"] == []
    assert said[f"{7:016x}"] == [
        {
            "span_id": f"{7:016x}",
            "service": "shop/cart",
            "role": "in",
            "offset_us": 2000,
            "duration_us": 12_000,
            "operation": "GET /cart",
            "peer": "",
            "cluster": "local_app",
            "protocol": "http",
            "code": 503,
            "grpc": None,
            "flags": ["UC"],
            "details": "upstream_reset{connection_termination}",
            "arrived": None,
            "attempts": 1,
            "tls": "unknown",
            "own_identity": "",
            "peer_identity": "",
            "bytes_in": 10,
            "bytes_out": 20,
            "request_id": "r-1",
        }
    ]


def test_a_record_whose_span_is_not_here_is_the_traces(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(CART, span("ingress", id=7, attributes=PROXY)))
    written(engine, tmp_path, trace=1, id=9)
    written(engine, tmp_path, trace=2, id=7)
    found = trace(engine, ONE)
    assert found is not None
    assert [record.span_id for record in found.records] == [f"{9:016x}"]
    assert found.spans[0].logs == ()


def test_a_record_sent_twice_is_one_and_far_ones_are_not_read(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(CART, span("ingress", id=7, attributes=PROXY)))
    for seconds in (0, 0, 10, 21):
        written(engine, tmp_path, trace=1, id=7, at=T0 + timedelta(seconds=seconds))
    found = trace(engine, ONE)
    assert found is not None
    assert [record.at_ns for record in found.spans[0].logs] == [found.start_ns, found.start_ns + 10 * 10**9]


def request(engine: EmbeddedEngine, folder: Path, number: int, seconds: float, **of: Any) -> None:
    code = {"http.response.status_code": of.pop("code", 200), "http.request.method": "GET", "http.route": "/cart"}
    at = T0 + timedelta(seconds=seconds)
    sent = [span("GET /cart", trace=number, id=1, start=at, attributes=code, **of)]
    sent += [span("work", trace=number, id=2, parent=1, kind="internal", start=at, ms=number)]
    load(engine, folder, traces(CART, *sent), received=max(T0, at))


def test_the_usual_ones_are_recent_good_and_of_the_same_request(engine: EmbeddedEngine, tmp_path: Path) -> None:
    request(engine, tmp_path, 1, 0, code=503)
    request(engine, tmp_path, 2, -60)
    request(engine, tmp_path, 3, -50, code=500)
    request(engine, tmp_path, 4, 30)
    request(engine, tmp_path, 5, -7 * 3600)
    request(engine, tmp_path, 6, -40, parent=99)
    load(engine, tmp_path, traces(CART, span("GET /other", trace=7)))
    load(engine, tmp_path, traces(resource("web", namespace="shop"), span("GET /cart", trace=8)))
    found = trace(engine, ONE)
    assert found is not None
    usual = typical(engine, found)
    assert {int(other.trace_id, 16) for other in usual} == {2, 4}
    assert all([one.operation for one in other.spans] == ["GET /cart", "work"] for other in usual)


def test_traces_much_larger_than_any_page_are_not_usual(engine: EmbeddedEngine, tmp_path: Path) -> None:
    request(engine, tmp_path, 1, 0)
    request(engine, tmp_path, 2, -10)
    request(engine, tmp_path, 3, -10)
    more = [span("work", trace=3, id=n, parent=1, kind="internal", start=T0) for n in range(10, 2_010)]
    load(engine, tmp_path, traces(CART, *more))
    found = trace(engine, ONE)
    assert found is not None
    assert [int(other.trace_id, 16) for other in typical(engine, found)] == [2]
