"""What a proxy knows of a request or of a connection's traffic when it has ended: what Istio's metrics count."""

from dataclasses import dataclass

from meshui.demo.answers import NO_ANSWER, Verdict, grpc_status
from meshui.demo.pods import Pod
from meshui.demo.proxy_spans import Request, request_body, response_body
from meshui.demo.topology import External, Service, Store

_REQUEST_HEAD, _RESPONSE_HEAD = 460, 210


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as `pod`, the caller's proxy or (`at_called`) the called one's, saw it: there it is an attempt.

    `called` is None where no endpoint was chosen or it is in no mesh, `target` where no route was found. `start` in
    seconds after the demo's start."""

    pod: Pod
    caller: Pod
    called: Pod | None
    target: Service | External | None
    request: Request
    start: float
    verdict: Verdict

    @property
    def at_called(self) -> bool:
        return self.pod is self.called

    @property
    def ended(self) -> float:
        return self.verdict.end

    @property
    def ms(self) -> int:
        """Whole ones, as Envoy measures."""
        return int(max(0.0, self.verdict.end - self.start) * 1000)

    @property
    def mutual(self) -> bool:
        return self.request.mutual and self.called is not None

    @property
    def answered(self) -> bool:
        return self.verdict.code != NO_ANSWER

    @property
    def code(self) -> int:
        return 200 if self.request.grpc and self.answered else self.verdict.code

    @property
    def grpc(self) -> str:
        """Empty where no gRPC status came."""
        return str(grpc_status(self.verdict.code)) if self.request.grpc and self.answered else ""

    @property
    def request_bytes(self) -> int:
        """With the head, as on the wire."""
        return _REQUEST_HEAD + len(self.request.path) + request_body(self.request)

    @property
    def response_bytes(self) -> int:
        return _RESPONSE_HEAD + response_body(self.request) if self.answered else 0


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a query of `pod` at a store added to its TCP traffic, in bytes. The store has no sidecar."""

    pod: Pod
    store: Store
    ended: float
    request_bytes: int
    response_bytes: int
