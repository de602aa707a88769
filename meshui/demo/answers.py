"""How a call ended, and what the two protocols call it."""

from dataclasses import dataclass

OK = 200
NO_ANSWER = 0
_GRPC = {200: 0, 404: 5, 429: 8, 500: 13, 502: 14, 503: 14, 504: 14}


@dataclass(frozen=True, slots=True)
class Answer:
    """`end` in seconds; `code` is the HTTP status, or what it would be where gRPC is spoken; 0: the asker had left."""

    end: float
    code: int = OK
    message: str = ""

    @property
    def failed(self) -> bool:
        return self.code >= 500 or self.code == NO_ANSWER


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer as one proxy logs it: with its response flags and details."""

    end: float
    code: int = OK
    flags: str = "-"
    details: str = "via_upstream"


def grpc_status(code: int) -> int:
    """The gRPC status a server or proxy answers where it would say `code` over HTTP."""
    return _GRPC.get(code, 2)
