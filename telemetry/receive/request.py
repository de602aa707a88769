"""What the headers of one request say, read in one pass: an Envoy sends thousands of small requests a second."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from telemetry.receive.admission import bearer

Scope = MutableMapping[str, Any]

PROTOBUF = ("application/x-protobuf", "application/protobuf")
JSON = "application/json"


@dataclass(slots=True)
class Request:
    """`kind` is the Content-Type without its `parameters`; `length` 0 if unsaid; `peer` an address with port."""

    path: str
    json: bool = False
    kind: str = ""
    parameters: str = ""
    encoding: str = ""
    length: int = 0
    token: str | None = None
    agent: str = ""
    peer: str = ""


def read_headers(scope: Scope) -> Request:
    """A Request from what ASGI hands over."""
    request = Request(scope["path"])
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind, _, request.parameters = value.decode("latin-1").partition(";")
            request.kind = kind.strip().lower()
            request.json = request.kind == JSON
        elif name == b"content-encoding":
            request.encoding = value.decode("latin-1").strip().lower()
        elif name == b"content-length":
            request.length = int(value) if value.isdigit() else 0
        elif name == b"authorization":
            request.token = bearer(value.decode("latin-1"))
        elif name == b"user-agent":
            request.agent = value.decode("latin-1")
    client = scope.get("client")
    if client:
        host, port = client[0], client[1]
        request.peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return request
