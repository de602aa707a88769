"""OTLP/gRPC with a real client: the twins of the HTTP answers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from telemetry.engine.engine import Signal
from telemetry.receive.grpc_server import SERVICES
from telemetry.receive.limits import Limits
from telemetry.spool.spool import SpoolFailed, SpoolFull
from tests import build
from tests.telemetry.receive.serving import Serving, serving

TRACES = next(name for name, signal in SERVICES.items() if signal is Signal.TRACES)
BODY = build.traces(build.resource("cart"), build.span("a"), build.span("b", id=2)).SerializeToString()


@pytest.fixture
async def here() -> AsyncIterator[Serving]:
    async with serving(Limits(inflated_bytes=1_000_000)) as made:
        yield made


@pytest.fixture
async def channel(here: Serving) -> AsyncIterator[grpc.aio.Channel]:
    options = [("grpc.max_send_message_length", -1)]
    async with grpc.aio.insecure_channel(f"127.0.0.1:{here.grpc_port}", options=options) as made:
        yield made


async def send(channel: Any, data: bytes, service: str = TRACES, **options: Any) -> bytes:
    answer: bytes = await channel.unary_unary(f"/{service}/Export")(data, **options)
    return answer


async def refused(channel: Any, data: bytes, **options: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as no:
        await send(channel, data, **options)
    return no.value


def status_of(no: grpc.aio.AioRpcError) -> Status:
    details: Any = dict(no.trailing_metadata() or ())["grpc-status-details-bin"]
    return Status.FromString(details)


@pytest.mark.parametrize(
    "compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip, grpc.Compression.Deflate]
)
async def test_a_request_is_kept_and_answered_with_nothing(
    here: Serving, channel: Any, compression: grpc.Compression
) -> None:
    assert await send(channel, BODY, compression=compression) == b""
    ((signal, record),) = here.kept.records
    request = ExportTraceServiceRequest.FromString(record)
    request.DiscardUnknownFields()
    assert (signal, request.SerializeToString()) == (Signal.TRACES, BODY)
    (sender,) = here.tally.state(datetime.now(UTC)).senders
    assert (sender.protocol, sender.peer, sender.spans) == ("otlp_grpc", "127.0.0.1", 2)


@pytest.mark.parametrize(("service", "signal"), SERVICES.items())
async def test_each_signal_has_its_service(here: Serving, channel: Any, service: str, signal: Signal) -> None:
    data = {
        Signal.TRACES: build.traces(None, build.span("a")),
        Signal.METRICS: build.metrics(None, build.gauge("g", build.point(1))),
        Signal.LOGS: build.logs(None, build.log("a")),
    }[signal].SerializeToString()
    assert await send(channel, data, service) == b""
    assert [kept for kept, _ in here.kept.records] == [signal]


async def test_bad_spans_are_a_partial_success(channel: Any) -> None:
    data = build.traces(None, build.span("a"), build.span("bad", id=b"")).SerializeToString()
    said = ExportTraceServiceResponse.FromString(await send(channel, data)).partial_success
    assert said.rejected_spans == 1
    assert "1 of 2 spans" in said.error_message


@pytest.mark.parametrize("data", [BODY[:-1], b"\xff\xff"], ids=["cut off", "garbage"])
async def test_bad_bytes_are_an_invalid_argument(here: Serving, channel: Any, data: bytes) -> None:
    no = await refused(channel, data)
    assert no.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "ExportTraceServiceRequest" in (no.details() or "")
    assert not status_of(no).details
    (row,) = here.tally.state(datetime.now(UTC)).rejections
    assert row.status == 400


async def test_a_message_that_is_too_large_is_refused_for_good(here: Serving, channel: Any) -> None:
    for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip):
        no = await refused(channel, b"\x0a" + bytes(2_000_000), compression=compression)
        assert no.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "grpc-status-details-bin" not in dict(no.trailing_metadata() or ())
    assert await send(channel, BODY) == b""
    assert len(here.kept.records) == 1


@pytest.mark.parametrize("error", [SpoolFull(990, 1000), SpoolFailed("No space left on device")])
async def test_a_spool_that_cannot_asks_to_come_again(here: Serving, channel: Any, error: Exception) -> None:
    here.kept.error = error
    no = await refused(channel, BODY)
    assert no.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    retry = RetryInfo()
    assert status_of(no).details[0].Unpack(retry)
    assert retry.retry_delay.seconds == 5


@pytest.mark.parametrize(
    ("token", "code"),
    [("good", None), ("reader", grpc.StatusCode.PERMISSION_DENIED), ("", grpc.StatusCode.UNAUTHENTICATED)],
)
async def test_a_token_is_asked_for(here: Serving, channel: Any, token: str, code: Any) -> None:
    here.closed = True
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    if code is None:
        assert await send(channel, BODY, metadata=metadata) == b""
    else:
        assert (await refused(channel, BODY, metadata=metadata)).code() is code
    assert len(here.kept.records) == (code is None)


async def test_a_service_nobody_has_is_unimplemented(channel: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as no:
        await send(channel, BODY, "opentelemetry.proto.collector.profiles.v1.ProfilesService")
    assert no.value.code() is grpc.StatusCode.UNIMPLEMENTED
