"""Reading a question: instants, windows and their words, for every call of the API."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from telemetry.window import parse_duration

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""What the engine's times hold, with room for any window before."""


class BadQuestion(Exception):
    """A parameter that cannot be read: `field` and what was expected; `more`: further members of the problem."""

    def __init__(self, field: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.more = more


def instant(text: str, now: datetime) -> datetime:
    """RFC 3339, Unix seconds, `now` or `now-15m`; from EARLIEST to LATEST. Raises ValueError with what was expected."""
    try:
        at = _read(text.strip(), now)
    except OverflowError:
        at = None
    if at is None or not EARLIEST <= at <= LATEST:
        raise ValueError(f"{text!r} is not between {EARLIEST.year} and {LATEST.year}")
    return at


def _read(text: str, now: datetime) -> datetime | None:
    if text == "now":
        return now
    if text.startswith("now-"):
        return now - timedelta(seconds=parse_duration(text[4:]))
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return datetime.fromtimestamp(seconds, UTC) if abs(seconds) < 1e11 else None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time: expected RFC 3339, Unix seconds or now-15m") from None
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: end it with Z or an offset")
    return at.astimezone(UTC)


def asked_instant(request: HttpRequest, field: str, now: datetime) -> datetime | None:
    text = request.GET.get(field)
    if not text:
        return None
    try:
        return instant(text, now)
    except ValueError as error:
        raise BadQuestion(field, str(error)) from error


def asked_window(request: HttpRequest, default_s: float = 60.0) -> float:
    """Seconds; between 10 s and 30 days."""
    text = request.GET.get("window")
    if text is None:
        return default_s
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise BadQuestion("window", str(error)) from error
    if not 10 <= seconds <= 30 * 86400:
        raise BadQuestion("window", "a window is between 10s and 30d")
    return seconds


def asked_int(request: HttpRequest, field: str, default: int, lowest: int, highest: int) -> int:
    text = request.GET.get(field)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 9 or not lowest <= int(text) <= highest:
        raise BadQuestion(field, f"expected a whole number from {lowest} to {highest}")
    return int(text)
