"""Requests to a running server's receiver, good and bad."""

import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from meshui.bench.server import Server
from tests.build import resource, span, traces

PROTOBUF = {"Content-Type": "application/x-protobuf"}


@dataclass(frozen=True)
class Answered:
    status: int
    body: bytes


def request_of(service: str, ids: Iterable[int], namespace: str = "shop") -> bytes:
    """A root server span of `service` for each id, now."""
    now = datetime.now(UTC)
    made = [span("GET /", trace=number, id=number, start=now) for number in ids]
    return traces(resource(service, namespace=namespace), *made).SerializeToString()


def post(server: Server, body: bytes, path: str = "/v1/traces", headers: Mapping[str, str] = PROTOBUF) -> Answered:
    connection = http.client.HTTPConnection("127.0.0.1", server.otlp_http, timeout=60)
    connection.request("POST", path, body, dict(headers))
    answer = connection.getresponse()
    got = Answered(answer.status, answer.read())
    connection.close()
    return got
