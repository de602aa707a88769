"""The spans of applications as OpenTelemetry's SDKs make them: HTTP in new or old names, gRPC, databases, messaging."""

from collections.abc import Mapping

from opentelemetry.sdk.trace import Event
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode

from meshui.demo.answers import NO_ANSWER, OK, Answer, grpc_status
from meshui.demo.proxy_spans import Request
from meshui.demo.recorder import UNSET, Attributes, Place, Trace
from meshui.demo.topology import External, Queue, Service, Store

_STATEMENTS: Mapping[str, str] = {
    "SELECT products": "SELECT id, name, price FROM products WHERE category = ? LIMIT 40",
    "SELECT prices": "SELECT currency, amount FROM prices WHERE product = ?",
    "INSERT orders": "INSERT INTO orders (id, customer, total) VALUES (?, ?, ?)",
    "UPDATE stock": "UPDATE stock SET reserved = reserved + ? WHERE product = ?",
    "INSERT entries": "INSERT INTO entries (account, amount, booked_at) VALUES (?, ?, ?), (?, ?, ?)",
    "SELECT sessions": "SELECT customer, expires_at FROM sessions WHERE token = ?",
    "SELECT users": "SELECT id, email, locale FROM users WHERE id = ?",
}


def server(here: Place, operation: str, request: Request, start: float, answer: Answer) -> None:
    """The server's span; one that failed by itself (`message`) carries the exception as an event."""
    service = here.pod.service
    attributes = _grpc(operation, answer) if service.grpc else _http_server(service, operation, request, answer)
    here.app(
        operation,
        SpanKind.SERVER,
        (start, answer.end),
        attributes,
        status=Status(StatusCode.ERROR, answer.message or None) if answer.failed else UNSET,
        remote=True,
        events=(_exception(here.trace, answer, service.language),) if answer.message else (),
    )


def client(
    here: Place, target: Service | External, operation: str, request: Request, *, start: float, answer: Answer
) -> None:
    """The caller's span around its whole attempt, retries of its sidecar included."""
    attributes: Attributes
    if isinstance(target, Service) and target.grpc:
        attributes = {**_grpc(operation, answer), "server.address": request.host, "server.port": 8080}
        name, failed = operation, answer.code != OK
    else:
        attributes = _http_client(here.pod.service, isinstance(target, External), request, answer)
        name, failed = request.method, answer.code >= 400 or answer.code == NO_ANSWER
    status = Status(StatusCode.ERROR) if failed else UNSET
    here.app(name, SpanKind.CLIENT, (start, answer.end), attributes, status=status)


def step(here: Place, name: str, start: float, end: float) -> None:
    """A piece of work inside the service."""
    here.app(name, SpanKind.INTERNAL, (start, end), {"code.function.name": name.replace(" ", "_")})


def query(here: Place, store: Store, operation: str, start: float, end: float) -> None:
    """A statement or command at a database or cache."""
    verb, _, table = operation.partition(" ")
    text = _STATEMENTS.get(operation, f"{operation} ?")
    attributes: dict[str, str | int]
    if here.pod.service.conventions == "old":
        attributes = {"net.peer.name": store.host, "net.peer.port": store.port, "db.system": store.system}
        attributes |= {"db.operation": verb, "db.statement": text}
    else:
        attributes = {"server.address": store.host, "server.port": store.port, "db.system.name": store.system}
        attributes |= {"db.operation.name": verb, "db.query.text": text}
        if table:
            attributes |= {"db.namespace": here.pod.service.name, "db.collection.name": table}
    here.app(operation, SpanKind.CLIENT, (start, end), attributes)


def send(here: Place, queue: Queue, start: float, end: float) -> None:
    """The producer's span."""
    here.app(f"send {queue.topic}", SpanKind.PRODUCER, (start, end), _messaging(queue, "send"))


def process(here: Place, queue: Queue, start: float, answer: Answer, *, sent: SpanContext) -> None:
    """The consumer's span: root of a trace of its own, linked to the message's."""
    attributes = {**_messaging(queue, "process"), "messaging.consumer.group.name": here.pod.service.name}
    status = Status(StatusCode.ERROR) if answer.failed else UNSET
    times = (start, answer.end)
    here.app(f"process {queue.topic}", SpanKind.CONSUMER, times, attributes, status=status, links=(Link(sent),))


def _http_server(service: Service, operation: str, request: Request, answer: Answer) -> Attributes:
    route = operation.partition(" ")[2]
    if service.conventions == "old":
        return {
            "http.method": request.method,
            "http.route": route,
            "http.target": request.path,
            "http.scheme": "http",
            "net.host.name": request.host,
            "http.status_code": answer.code,
        }
    attributes: dict[str, str | int] = {
        "http.request.method": request.method,
        "http.route": route,
        "url.path": request.path,
        "url.scheme": "http",
        "server.address": request.host,
        "http.response.status_code": answer.code,
    }
    return attributes | {"error.type": str(answer.code)} if answer.failed else attributes


def _http_client(service: Service, external: bool, request: Request, answer: Answer) -> Attributes:
    scheme = "https" if external else "http"
    url = f"{scheme}://{request.host}{request.path}"
    if service.conventions == "old":
        old: dict[str, str | int] = {"http.method": request.method, "http.url": url, "net.peer.name": request.host}
        return old | {"http.status_code": answer.code} if answer.code else old
    attributes: dict[str, str | int] = {
        "http.request.method": request.method,
        "url.full": url,
        "server.address": request.host,
        "server.port": 443 if external else 8080,
    }
    if answer.code:
        attributes["http.response.status_code"] = answer.code
    return attributes | {"error.type": str(answer.code)} if answer.code >= 400 else attributes


def _grpc(operation: str, answer: Answer) -> dict[str, str | int]:
    service, _, method = operation.partition("/")
    return {
        "rpc.system": "grpc",
        "rpc.service": service,
        "rpc.method": method,
        "rpc.grpc.status_code": grpc_status(answer.code),
    }


def _messaging(queue: Queue, what: str) -> dict[str, str]:
    return {
        "messaging.system": queue.system,
        "messaging.destination.name": queue.topic,
        "messaging.operation.type": what,
        "messaging.operation.name": what,
    }


def _exception(trace: Trace, answer: Answer, language: str) -> Event:
    kind = {"java": "java.lang.IllegalStateException", "go": "*errors.errorString"}.get(language, "RuntimeError")
    attributes = {"exception.type": kind, "exception.message": answer.message}
    return Event("exception", attributes, trace.ns(answer.end))
