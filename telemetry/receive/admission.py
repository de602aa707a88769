"""Who may send: the answer of the function the receivers ask with a token. Truthy only if the sender may."""

from collections.abc import Awaitable, Callable
from enum import Enum

from telemetry.engine.engine import Signal
from telemetry.receive import rejection
from telemetry.receive.rejection import Rejection


class Admission(Enum):
    """GRANTED; UNKNOWN: no token or none we know; FORBIDDEN: a token that lacks the scope `ingest`."""

    GRANTED = "granted"
    UNKNOWN = "unknown"
    FORBIDDEN = "forbidden"

    def __bool__(self) -> bool:
        return self is Admission.GRANTED


Admit = Callable[[str | None], Admission]
"""Called for every request with the bearer token or None; must not block."""
Append = Callable[[Signal, bytes], Awaitable[None]]
"""Returns when the record is durable; raises SpoolFull or SpoolFailed."""

_NO: dict[Admission, Rejection] = {
    Admission.UNKNOWN: rejection.NO_TOKEN,
    Admission.FORBIDDEN: rejection.NO_SCOPE,
}


def why_not(admission: Admission) -> Rejection:
    """The answer to a sender who may not."""
    return _NO[admission]


def bearer(authorization: str) -> str | None:
    """The token of an Authorization header; None for any other scheme or none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
