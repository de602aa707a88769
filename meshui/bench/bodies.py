"""Prepared requests: traces of five spans over chains of services, with fresh ids and times.

One template is serialised once; ids and times have fixed width on the wire, so a fresh body is a patched copy."""

import gzip
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

CHAIN = ((0, Span.SPAN_KIND_SERVER), (0, Span.SPAN_KIND_CLIENT), (1, Span.SPAN_KIND_SERVER),
         (1, Span.SPAN_KIND_CLIENT), (2, Span.SPAN_KIND_SERVER))  # fmt: skip
SERVICES = 50
_MARK = 0xA5A5_0000_0000_0000


@dataclass(frozen=True, slots=True)
class _Patches:
    """Where a span's fixed-width fields start in the serialised template."""

    trace: int
    span: int
    parent: int | None
    start: int
    end: int
    token: int


class Template:
    """A request of `spans` spans (a multiple of 5) through services `first`, `first`+1, `first`+2 of 50."""

    def __init__(self, spans: int, first: int) -> None:
        self._traces = spans // len(CHAIN)
        request, marks = _request(self._traces, first)
        self._bytes = request.SerializeToString()
        self._patches = [_locate(self._bytes, number, parent) for number, parent in marks]

    def body(self, rng: random.Random, at_ns: int) -> bytes:
        """A fresh request whose spans end at `at_ns`."""
        out = bytearray(self._bytes)
        size = len(CHAIN)
        for trace in range(self._traces):
            trace_id, spread = rng.randbytes(16), rng.randrange(1_000_000, 80_000_000)
            parent_id = b""
            for step in range(size):
                patch = self._patches[trace * size + step]
                span_id = rng.randbytes(8)
                out[patch.trace : patch.trace + 16] = trace_id
                out[patch.span : patch.span + 8] = span_id
                if patch.parent is not None:
                    out[patch.parent : patch.parent + 8] = parent_id
                out[patch.start : patch.start + 8] = (at_ns - spread + step * 100_000).to_bytes(8, "little")
                out[patch.end : patch.end + 8] = (at_ns - step * 100_000).to_bytes(8, "little")
                out[patch.token : patch.token + 32] = rng.randbytes(16).hex().encode()
                parent_id = span_id
        return bytes(out)


def templates(spans: int) -> list[Template]:
    """One for each chain of three of the services. Made before the clock starts: they take a while."""
    return [Template(spans, first) for first in range(0, SERVICES - 2, 3)]


def prepared(made_of: Sequence[Template], count: int, start_ns: int, every_ns: int, seed: int) -> Iterator[bytes]:
    """`count` fresh bodies to be sent `every_ns` apart from `start_ns` on."""
    rng = random.Random(seed)
    for number in range(count):
        yield made_of[number % len(made_of)].body(rng, start_ns + number * every_ns)


def compressed(body: bytes) -> bytes:
    """As an SDK's exporter sends it, at the fastest level."""
    return gzip.compress(body, 1, mtime=0)


def _request(traces: int, first: int) -> tuple[ExportTraceServiceRequest, list[tuple[int, bool]]]:
    """A request, and for each span in the order of its trace: its mark and whether it has a parent."""
    request = ExportTraceServiceRequest()
    scopes = []
    for service in range(first, first + 3):
        resource_spans = request.resource_spans.add()
        resource_spans.resource.attributes.extend(_texts({
            "service.name": f"service-{service}", "service.namespace": f"bench-{service % 5}", "service.version": "v1",
            "service.instance.id": f"service-{service}-7d4f9c-0", "telemetry.sdk.language": "python",
        }))  # fmt: skip
        scope = resource_spans.scope_spans.add()
        scope.scope.name = "bench"
        scopes.append(scope)
    marks: list[tuple[int, bool]] = []
    for _ in range(traces):
        for step, (service, kind) in enumerate(CHAIN):
            mark = len(marks)
            _fill(scopes[service].spans.add(), mark, kind, has_parent=step > 0)
            marks.append((mark, step > 0))
    return request, marks


def _fill(span: Span, mark: int, kind: "Span.SpanKind.ValueType", *, has_parent: bool) -> None:
    span.trace_id = _sentinel(mark, 1) * 2
    span.span_id = _sentinel(mark, 2)
    if has_parent:
        span.parent_span_id = _sentinel(mark, 3)
    span.name = "GET /items/{id}"
    span.kind = kind
    span.start_time_unix_nano = int.from_bytes(_sentinel(mark, 4), "little")
    span.end_time_unix_nano = int.from_bytes(_sentinel(mark, 5), "little")
    span.attributes.extend(_texts({
        "http.request.method": "GET", "http.route": "/items/{id}", "url.path": f"/items/{mark % 100}",
        "server.address": "items.bench.svc.cluster.local", "network.protocol.version": "1.1",
        "user_agent.original": "bench/1.0", "client.address": f"10.0.{mark % 16}.{mark % 250}",
        "request.id": _sentinel(mark, 6).hex() * 2,
    }))  # fmt: skip
    span.attributes.append(KeyValue(key="http.response.status_code", value=AnyValue(int_value=200)))
    span.attributes.append(KeyValue(key="server.port", value=AnyValue(int_value=8080)))


def _texts(values: dict[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in values.items()]


def _sentinel(mark: int, which: int) -> bytes:
    """Eight bytes that occur nowhere else in the request."""
    return (_MARK | mark << 8 | which).to_bytes(8, "big")


def _locate(data: bytes, mark: int, has_parent: bool) -> _Patches:
    def at(which: int) -> int:
        return data.index(_sentinel(mark, which))

    return _Patches(
        trace=at(1),
        span=at(2),
        parent=at(3) if has_parent else None,
        start=at(4),
        end=at(5),
        token=data.index((_sentinel(mark, 6).hex() * 2).encode()),
    )
