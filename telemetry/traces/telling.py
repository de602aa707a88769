"""What sentences about a trace call its spans: who, what was asked, who was called, how it ended (ui.md §5). Pure."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from telemetry.outcome import FLAGS
from telemetry.span import Span, Trace

_GRPC = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
_LONGEST = 160
_CLIMB = 8
"""How far the spans of one call are looked for above and below a proxy's."""


class Telling:
    """The words for the spans of one trace, by index."""

    def __init__(self, trace: Trace, children: Sequence[Sequence[int]]) -> None:
        self.trace = trace
        self.children = children
        self._named = _named(trace.services)
        self._namespaces = {service.rpartition(":")[2].partition("/")[0] for service in trace.services}

    def who(self, index: int) -> str:
        """`shop/cart v2`."""
        span = self.trace.spans[index]
        return f"{span.node} {span.version}".rstrip()

    def itself(self, index: int) -> str:
        """`shop/cart v2`, or `shop/cart v2's own proxy`; a gateway is a proxy and nothing else."""
        span = self.trace.spans[index]
        return f"{self.who(index)}'s own proxy" if span.proxy and not span.gateway else self.who(index)

    def asked(self, index: int) -> str:
        """`GET /cart`: the operation; of a proxy that of its application, else method and path."""
        span = self.trace.spans[index]
        if not span.proxy:
            return span.operation
        app = self._app(index)
        if app is not None:
            return self.trace.spans[app].operation
        return _method_and_path(span) or span.operation

    def _app(self, index: int) -> int | None:
        spans, at = self.trace.spans, index
        into = spans[index].role == "in"
        for _ in range(_CLIMB):
            near: Sequence[int | None] = self.children[at] if into else (self.trace.parents[at],)
            own = [other for other in near if other is not None and spans[other].node == spans[index].node]
            if len(own) != 1 or spans[own[0]].role != spans[index].role:
                return None
            at = own[0]
            if not spans[at].proxy:
                return at
        return None

    def answering(self, index: int) -> int | None:
        """The span of another service that took a call, through proxies; of several tries the last."""
        spans, at = self.trace.spans, index
        for _ in range(_CLIMB):
            below = [
                child
                for child in self.children[at]
                if spans[child].role == "relay"
                or (spans[child].node == spans[index].node) == (spans[child].role == "out")
            ]
            if not below:
                return None
            at = below[-1]
            if spans[at].node != spans[index].node and spans[at].role != "relay":
                return at
        return None

    def called(self, index: int) -> str:
        """Who a call went to: `pay/payments` where its spans are here or its name is known, else the name as sent."""
        at = self.answering(index)
        if at is not None:
            return self.trace.spans[at].node
        down = index
        for _ in range(_CLIMB):
            span = self.trace.spans[down]
            if span.peer:
                return self._peer(span.peer)
            own = [child for child in self.children[down] if self.trace.spans[child].role == "out"]
            if not own:
                break
            down = own[-1]
        return f"the other side of {self.asked(index)}"

    def _peer(self, sent: str) -> str:
        """A name as an id, where the trace's services tell how: `stock.shop` in a namespace that they are of."""
        name, dot, namespace = sent.partition(".")
        if sent in self._named:
            return self._named[sent]
        return f"{namespace}/{name}" if dot and namespace in self._namespaces else sent

    def ended(self, index: int) -> str:
        """`503`, `UNAVAILABLE (gRPC 14)`; empty if it says neither."""
        span = self.trace.spans[index]
        if span.grpc is not None and (span.grpc > 0 or not span.code or span.code < 400):
            name = _GRPC[span.grpc] if span.grpc < len(_GRPC) else "a status"
            return f"{name} (gRPC {span.grpc})"
        return str(span.code) if span.code else ""

    def told(self, index: int) -> str:
        """What its sender says went wrong: an exception, the status' message or the type of the error; may be empty."""
        span = self.trace.spans[index]
        for event in reversed(span.events):
            if event.name == "exception":
                said = [str(event.attributes.get(f"exception.{part}") or "") for part in ("type", "message")]
                return shortened(": ".join(filter(None, said)))
        if span.status_message:
            return shortened(span.status_message)
        kind = str(span.attributes.get("error.type") or "")
        return "" if kind in ("_OTHER", str(span.code)) else shortened(kind)


def details(span: Span) -> str:
    """Envoy's reason, `via_upstream`; empty if it says none."""
    return str(span.attributes.get("response_code_details") or "")


def happened(flag: str) -> str:
    """`no healthy host was left in the cluster (UH)`; a flag without words is only named."""
    known = FLAGS.get(flag)
    return f"{lowered(known.happened)} ({flag})" if known else f"response flag {flag}"


def lowered(text: str) -> str:
    """Without the capital at the start, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def shortened(text: str) -> str:
    """On one line, at most 160 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _named(services: Sequence[str]) -> dict[str, str]:
    """Ids of the trace's services by their bare name, where only one has it, and by `name.namespace`."""
    named: dict[str, str] = {}
    twice: set[str] = set()
    for service in services:
        namespace, _, name = service.rpartition(":")[2].partition("/")
        if name in named:
            twice.add(name)
        named[name] = service
        named[f"{name}.{namespace}"] = named[f"{namespace}/{name}"] = service
    return {name: service for name, service in named.items() if name not in twice}


def _method_and_path(span: Span) -> str:
    said = span.attributes
    method = said.get("http.request.method") or said.get("http.method") or ""
    path = said.get("url.path") or _path_of(str(said.get("http.url") or said.get("url.full") or ""))
    return f"{method} {path}".strip()


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
