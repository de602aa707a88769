"""OTLP/HTTP over a real socket: every answer a sender may get, in its own encoding."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import zstandard
from google.protobuf.unknown_fields import UnknownFieldSet
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from telemetry.engine.engine import Signal
from telemetry.receive.limits import Limits
from telemetry.receive.otlp import REQUESTS
from telemetry.spool import segment as form
from telemetry.spool.spool import SpoolFailed, SpoolFull
from tests import build
from tests.telemetry.receive.serving import Serving, serving

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json; charset=utf-8"}
LIMITS = Limits(body_bytes=100_000, inflated_bytes=400_000, in_flight_bytes=150_000)
REQUEST = build.traces(build.resource("cart", namespace="shop"), build.span("a"), build.span("b", id=2))
BODY = REQUEST.SerializeToString()


@pytest.fixture
async def here() -> AsyncIterator[Serving]:
    async with serving(LIMITS) as made:
        yield made


def bodies(here: Serving) -> list[bytes]:
    """What was kept, without our fields."""
    out = []
    for _, record in here.kept.records:
        request = ExportTraceServiceRequest.FromString(record)
        request.DiscardUnknownFields()
        out.append(request.SerializeToString())
    return out


def head(length: int) -> bytes:
    """A request by hand: of a sender that stops in the middle."""
    return (
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n"
        b"content-length: %d\r\n\r\n" % length
    )


async def chunks(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


ENCODED = [
    pytest.param(BODY, "", id="as it is"),
    pytest.param(gzip.compress(BODY), "gzip", id="gzip"),
    pytest.param(zlib.compress(BODY), "deflate", id="deflate"),
    pytest.param(zstandard.ZstdCompressor().compress(BODY), "zstd", id="zstd"),
]


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked, as Envoy does"])
@pytest.mark.parametrize(("data", "encoding"), ENCODED)
async def test_a_request_is_kept_and_answered_with_nothing(
    here: Serving, data: bytes, encoding: str, chunked: bool
) -> None:
    headers = PROTOBUF | ({"content-encoding": encoding} if encoding else {})
    content = chunks(data, 40) if chunked else data
    answer = await here.http.post("/v1/traces", content=content, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert bodies(here) == [BODY]


async def test_a_record_says_when_and_from_where(here: Serving) -> None:
    await here.http.post("/v1/traces", content=BODY, headers=PROTOBUF)
    ((signal, record),) = here.kept.records
    assert signal is Signal.TRACES
    ours = {f.field_number: f.data for f in UnknownFieldSet(ExportTraceServiceRequest.FromString(record))}
    assert set(ours) == {form.RECEIVED, form.PEER}
    assert ours[form.PEER].decode().startswith("127.0.0.1:")
    assert datetime.fromtimestamp(ours[form.RECEIVED] / 1e9, UTC).year >= 2024


async def test_json_is_answered_in_json(here: Serving) -> None:
    span = {"traceId": "0" * 31 + "1", "spanId": "0" * 15 + "1", "name": "a"}
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    answer = await here.http.post("/v1/traces", content=json.dumps(document), headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["content-type"] == "application/json"
    assert len(here.kept.records) == 1


@pytest.mark.parametrize("signal", list(REQUESTS))
async def test_each_signal_has_its_path(here: Serving, signal: Signal) -> None:
    data = {
        Signal.TRACES: build.traces(None, build.span("a")),
        Signal.METRICS: build.metrics(None, build.gauge("g", build.point(1))),
        Signal.LOGS: build.logs(None, build.log("a")),
    }[signal].SerializeToString()
    answer = await here.http.post(f"/v1/{signal}", content=data, headers=PROTOBUF)
    assert answer.status_code == 200
    assert [kept for kept, _ in here.kept.records] == [signal]


async def test_an_empty_request_succeeds_and_keeps_nothing(here: Serving) -> None:
    assert (await here.http.post("/v1/traces", content=b"", headers=PROTOBUF)).status_code == 200
    assert here.kept.records == []


async def test_bad_spans_are_a_partial_success(here: Serving) -> None:
    data = build.traces(None, build.span("a"), build.span("bad", id=b"")).SerializeToString()
    answer = await here.http.post("/v1/traces", content=data, headers=PROTOBUF)
    said = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, said.rejected_spans) == (200, 1)
    assert "1 of 2 spans" in said.error_message
    span = {"traceId": "0" * 31 + "1", "spanId": "00"}
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    answer = await here.http.post("/v1/traces", content=json.dumps(document), headers=JSON)
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"


@pytest.mark.parametrize(
    ("method", "path", "headers", "content", "status", "said"),
    [
        pytest.param("POST", "/v1/nothing", PROTOBUF, BODY, 404, "/v1/traces", id="a wrong path"),
        pytest.param("GET", "/v1/traces", PROTOBUF, b"", 405, "POST", id="a wrong method"),
        pytest.param("POST", "/v1/traces", {"content-type": "text/plain"}, BODY, 415, "text/plain", id="a wrong type"),
        pytest.param("POST", "/v1/traces", {}, BODY, 415, "(none)", id="no type"),
        pytest.param("POST", "/v1/traces", PROTOBUF | {"content-encoding": "br"}, BODY, 415, "br", id="brotli"),
        pytest.param("POST", "/v1/traces", PROTOBUF, BODY[:-1], 400, "resource_spans[0]", id="cut off"),
        pytest.param("POST", "/v1/traces", PROTOBUF, b"\xff" * 50, 400, "byte 0", id="garbage"),
        pytest.param("POST", "/v1/traces", JSON, b"{", 400, "OTLP/JSON", id="no JSON"),
        pytest.param("POST", "/v1/traces", PROTOBUF | {"content-encoding": "gzip"}, BODY, 400, "gzip", id="no gzip"),
        pytest.param(
            "POST", "/v1/traces", PROTOBUF | {"content-encoding": "gzip"}, gzip.compress(BODY)[:-9], 400, "too early",
            id="gzip cut off",
        ),
        pytest.param("POST", "/v1/traces", PROTOBUF, bytes(100_001), 413, "100000 bytes", id="too large"),
        pytest.param(
            "POST", "/v1/traces", PROTOBUF | {"content-encoding": "gzip"}, gzip.compress(bytes(400_001)), 413, "400000",
            id="too large when inflated",
        ),
    ],
)  # fmt: skip
async def test_a_no_says_what_and_where_in_the_senders_encoding(
    here: Serving, method: str, path: str, headers: dict[str, str], content: bytes, status: int, said: str
) -> None:
    answer = await here.http.request(method, path, content=content, headers=headers)
    assert answer.status_code == status
    if headers.get("content-type") == PROTOBUF["content-type"]:
        assert answer.headers["content-type"] == "application/x-protobuf"
        message = Status.FromString(answer.content).message
    else:
        message = answer.json()["message"]
    assert said in message
    assert "retry-after" not in answer.headers
    assert here.kept.records == []
    rows = here.tally.state(datetime.now(UTC)).rejections
    assert [(row.status, row.count) for row in rows] == [(status, 1)]


async def test_a_chunked_body_without_end_is_stopped_at_the_bound(here: Serving) -> None:
    answer = await here.http.post("/v1/traces", content=chunks(bytes(3_000_000), 50_000), headers=PROTOBUF)
    assert answer.status_code == 413
    assert (await here.http.post("/v1/traces", content=BODY, headers=PROTOBUF)).status_code == 200


@pytest.mark.parametrize(
    ("error", "said"),
    [(SpoolFull(990, 1000), "990 of 1000 bytes"), (SpoolFailed("No space left on device"), "No space left on device")],
)
async def test_a_spool_that_cannot_asks_to_come_again(here: Serving, error: Exception, said: str) -> None:
    here.kept.error = error
    answer = await here.http.post("/v1/traces", content=BODY, headers=PROTOBUF)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    status = Status.FromString(answer.content)
    assert said in status.message
    retry = RetryInfo()
    assert status.details[0].Unpack(retry)
    assert retry.retry_delay.seconds == 5
    here.kept.error = None
    assert (await here.http.post("/v1/traces", content=BODY, headers=PROTOBUF)).status_code == 200


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer good", 200),
        ("bearer good", 200),
        ("Bearer reader", 403),
        ("Bearer x", 401),
        ("Basic good", 401),
        ("", 401),
    ],
)
async def test_a_token_is_asked_for_before_the_body_is_read(here: Serving, authorization: str, status: int) -> None:
    here.closed = True
    headers = PROTOBUF | ({"authorization": authorization} if authorization else {})
    answer = await here.http.post("/v1/traces", content=BODY, headers=headers)
    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert len(here.kept.records) == (status == 200)


async def test_bodies_that_arrive_at_once_share_one_bound(here: Serving) -> None:
    """One sender holds most of the room with a body it does not end; the next is asked to come again meanwhile."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.http_port)
    writer.write(head(99_000) + bytes(98_000))
    await writer.drain()
    big = build.traces(None, build.span("a", attributes={"k": "v" * 60_000})).SerializeToString()

    async def status() -> int:
        return (await here.http.post("/v1/traces", content=big, headers=PROTOBUF)).status_code

    async with asyncio.timeout(30):
        while (got := await status()) != 503:
            assert got == 200
        writer.close()
        await writer.wait_closed()
        while await status() != 200:
            pass
    assert await reader.read() == b""


async def test_a_body_that_never_ends_is_given_up() -> None:
    async with serving(Limits(body_s=0.05)) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.http_port)
        writer.write(head(9) + b"{")
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_a_sender_that_hangs_up_halfway_leaves_nothing(here: Serving) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", here.http_port)
    writer.write(head(9) + b"{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await here.http.post("/v1/traces", content=BODY, headers=PROTOBUF)).status_code == 200
    assert len(here.kept.records) == 1


async def test_zipkin_is_answered_202_with_nothing(here: Serving) -> None:
    spans = [{"traceId": "1", "id": "2", "name": "get", "localEndpoint": {"serviceName": "cart"}}]
    answer = await here.http.post("/api/v2/spans", content=json.dumps(spans), headers=JSON)
    assert (answer.status_code, answer.content) == (202, b"")
    ((signal, _),) = here.kept.records
    assert signal is Signal.TRACES
    sender = here.tally.state(datetime.now(UTC)).senders[0]
    assert (sender.protocol, sender.spans) == ("zipkin", 1)


async def test_senders_and_their_spans_are_counted(here: Serving) -> None:
    for _ in range(3):
        await here.http.post("/v1/traces", content=BODY, headers=PROTOBUF | {"user-agent": "me/1"})
    state = here.tally.state(datetime.now(UTC))
    assert (state.spans, state.requests, state.rejected) == (6, 3, 0)
    (sender,) = state.senders
    assert (sender.peer, sender.agent, sender.requests, sender.spans) == ("127.0.0.1", "me/1", 3, 6)
