"""One kept-alive HTTP connection that posts bodies, waits where it is told to, and tells what was taken."""

import gzip
import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from meshui.replay.batches import Body
from meshui.replay.record import LOGS, METRICS, TRACES, ZIPKIN, Message

RETRYABLE = {429, 502, 503, 504}
PATIENCE_S = 60.0
_LONGEST_WAIT_S = 10.0
_RESPONSES: dict[str, tuple[Callable[[], Message], str]] = {
    TRACES.name: (ExportTraceServiceResponse, "rejected_spans"),
    METRICS.name: (ExportMetricsServiceResponse, "rejected_data_points"),
    LOGS.name: (ExportLogsServiceResponse, "rejected_log_records"),
}


class GaveUp(Exception):
    """The endpoint cannot be used: it says so for ever, or has not answered for a minute."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a body. `why` is the endpoint's reason for what it refused."""

    taken: int
    refused: int
    why: str = ""


class Poster:
    """`sleep` waits between tries; a test hands in one that only writes down what it was asked."""

    def __init__(self, endpoint: str, token: str, sleep: Callable[[float], object], say: Callable[[str], None]) -> None:
        url = urlsplit(endpoint if "://" in endpoint else f"http://{endpoint}")
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ValueError(f"{endpoint!r} is no http or https address, like http://127.0.0.1:4318")
        self._base, self._endpoint = url.path.rstrip("/"), endpoint
        if url.scheme == "https":
            context = ssl.create_default_context()
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                url.hostname, url.port, timeout=30, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(url.hostname, url.port or 4318, timeout=30)
        self._sleep, self._say = sleep, say
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def post(self, body: Body) -> Posted:
        """Returns once the endpoint has taken or refused it. Raises GaveUp."""
        kind = "application/json" if body.signal is ZIPKIN else "application/x-protobuf"
        headers = {**self._headers, "Content-Type": kind, "Content-Encoding": "gzip"}
        packed = gzip.compress(body.data, 1)
        waited, wait = 0.0, 0.5
        while True:
            try:
                self._connection.request("POST", self._base + body.signal.path, packed, headers)
                response = self._connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                why, asked = f"{type(error).__name__}: {error}", None
            else:
                if response.status not in RETRYABLE:
                    return self._verdict(body, response.status, answer)
                why, asked = f"{response.status} {response.reason}", _seconds(response.headers.get("Retry-After"))
            if waited >= PATIENCE_S:
                raise GaveUp(f"{self._endpoint} has not taken anything for {waited:.0f} s: {why}")
            if not waited:
                self._say(f"{self._endpoint} does not take it now ({why}); trying again.")
            pause = wait if asked is None else asked
            self._sleep(pause)
            waited, wait = waited + max(pause, 0.1), min(wait * 2, _LONGEST_WAIT_S)

    def close(self) -> None:
        self._connection.close()

    def _verdict(self, body: Body, status: int, answer: bytes) -> Posted:
        if status in {200, 202}:
            return _partial(body, answer) if body.signal.name in _RESPONSES else Posted(body.count, 0)
        if status in {401, 403}:
            raise GaveUp(f"{self._endpoint} wants a token (MESHUI_TOKEN or --token) that may send: {status}")
        return Posted(0, body.count, f"{status}: {_reason(answer)}")


def _partial(body: Body, answer: bytes) -> Posted:
    message, field = _RESPONSES[body.signal.name]
    response = message()
    try:
        response.ParseFromString(answer)
    except DecodeError:
        return Posted(body.count, 0)
    refused = min(body.count, getattr(response.partial_success, field))
    return Posted(body.count - refused, refused, response.partial_success.error_message)


def _reason(answer: bytes) -> str:
    """The sentence of a google.rpc.Status, or the beginning of whatever came instead."""
    try:
        return str(Status.FromString(answer).message) or answer[:200].decode(errors="replace")
    except DecodeError:
        return answer[:200].decode(errors="replace")


def _seconds(text: str | None) -> float | None:
    return min(float(text), PATIENCE_S) if text and text.strip().isdigit() else None
