"""Programs: API tokens with a scope, looked up in a dict that is read again every few seconds (rules.md: at most 5), so
that no request waits for the database."""

import threading
from collections.abc import Callable
from datetime import datetime

from meshui.access.secrets import digest, new_secret
from meshui.models import ApiToken
from telemetry.receive.admission import Admission

SCOPES = ("ingest", "read", "write")
REREAD_S = 3.0
_ALLOWS = {"ingest": {"ingest"}, "read": {"read"}, "write": {"read", "write"}}


def create(name: str, scope: str, now: datetime) -> str:
    """A new token's secret, shown once. Raises ValueError for a scope that is none, or a name that is taken."""
    if scope not in SCOPES:
        raise ValueError(f"{scope!r} is no scope: expected {', '.join(SCOPES)}.")
    if ApiToken.objects.filter(name=name).exists():
        raise ValueError(f"A token named {name!r} exists already; choose another name.")
    secret = new_secret()
    ApiToken.objects.create(name=name, digest=digest(secret), scope=scope, created_at=now)
    return secret


def stored() -> dict[bytes, str]:
    """Digest → scope of every token."""
    return {bytes(row[0]): row[1] for row in ApiToken.objects.values_list("digest", "scope")}


class TokenBook:
    """Scopes by token. `read_again` is called by a thread that may use the database; look-ups never are."""

    def __init__(self, load: Callable[[], dict[bytes, str]] = stored) -> None:
        self._load = load
        self._scopes: dict[bytes, str] = load()

    def read_again(self) -> None:
        self._scopes = self._load()

    def scope(self, secret: str) -> str | None:
        return self._scopes.get(digest(secret))

    def admission(self, secret: str | None) -> Admission:
        """The receivers' question: may the holder of this token send?"""
        if secret is None or self.scope(secret) is None:
            return Admission.UNKNOWN
        return Admission.GRANTED if self.allows(secret, "ingest") else Admission.FORBIDDEN

    def allows(self, secret: str, need: str) -> bool:
        """Whether this token may do what `need` names: ingest, read or write."""
        scope = self.scope(secret)
        return scope is not None and need in _ALLOWS[scope]


_book: TokenBook | None = None
_lock = threading.Lock()


def book() -> TokenBook:
    """This process's book. The first call needs a thread that may use the database."""
    global _book  # noqa: PLW0603  one book a process
    with _lock:
        if _book is None:
            _book = TokenBook()
        return _book


def read_again() -> None:
    """What `up.py` calls every REREAD_S seconds."""
    book().read_again()
