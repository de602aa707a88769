"""Reading a question in the words of Jaeger's query API: times in µs (of dependencies in ms), durations as Go prints
them, tags as JSON."""

import re
from datetime import UTC, datetime, timedelta

import orjson
from django.http import HttpRequest

from meshui.asked.instants import EARLIEST, LATEST, BadQuestion
from meshui.asked.traces import LONGEST, MOST_TAGS
from telemetry.expression.fields import KINDS
from telemetry.expression.tree import Comparison, Expression, Name, Operator, Value, every
from telemetry.traces.asking import Asked

LIMIT, MOST = 100, 1000
LOOKBACK = timedelta(days=2)
"""How far back is looked where nothing is said, as Jaeger does."""
MOST_IDS = 50

_UNITS_MS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3, "h": 3600e3}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_STATUS = {"error": {"true": "error", "false": "ok"}, "otel.status_code": {"ERROR": "error", "OK": "ok"}}
"""Tags that stand for a span's status, by value."""


def duration_ms(text: str) -> float:
    """Milliseconds in `1.5s`, `500us`, `1h2m3s`. Raises ValueError with what was expected."""
    parts = list(_PART.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise ValueError(f"{text[:40]!r} is no duration: expected numbers with ns, us, ms, s, m or h, like 1.5s")
    return sum(float(part[1]) * _UNITS_MS[part[2]] for part in parts)


def asked_search(request: HttpRequest, nodes: list[str], now: datetime) -> Asked:
    """Traces with one span that is of one of `nodes` and all that is asked besides, as Jaeger's stores have it."""
    until = _at(request, "end", 1_000_000) or now
    since = _at(request, "start", 1_000_000) or until - _lookback(request)
    if since >= until:
        raise BadQuestion("start", "expected an instant before `end`")
    parts: list[Expression | None] = [
        Comparison(Name("service"), "in", tuple(Value(node, quoted=True) for node in nodes)),
        _operation(request),
        _length(request, "minDuration", ">="),
        _length(request, "maxDuration", "<="),
    ]
    match = every(*parts, *(_tag(key, value) for key, value in _tags(request).items()))
    return Asked(match, _ns(since), _ns(until))


def asked_limit(request: HttpRequest) -> int:
    """At most MOST: Jaeger's own form offers more, and a shorter answer is no error there."""
    text = request.GET.get("limit", "")
    if text and (not text.isdecimal() or len(text) > 9):
        raise BadQuestion("limit", "expected a whole number")
    return min(int(text or 0) or LIMIT, MOST)


def asked_span(request: HttpRequest, now: datetime) -> tuple[datetime, datetime]:
    """From and to of `endTs` and `lookback`, in ms."""
    until = _at(request, "endTs", 1_000) or now
    text = request.GET.get("lookback", "")
    if text and (not text.isdecimal() or len(text) > 15):
        raise BadQuestion("lookback", "expected whole milliseconds")
    back = timedelta(milliseconds=int(text)) if text else timedelta(days=1)
    return max(EARLIEST, until - min(back, timedelta(days=400))), until


def flag(request: HttpRequest, field: str) -> bool:
    return request.GET.get(field, "").lower() in ("1", "t", "true")


def _at(request: HttpRequest, field: str, per_second: int) -> datetime | None:
    text = request.GET.get(field, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise BadQuestion(field, f"expected whole {'µs' if per_second == 1_000_000 else 'ms'} since 1970")
    whole, part = divmod(int(text), per_second)
    if not EARLIEST.timestamp() <= whole <= LATEST.timestamp():
        raise BadQuestion(field, f"{text} is not between {EARLIEST.year} and {LATEST.year}")
    return datetime.fromtimestamp(whole, UTC) + timedelta(microseconds=part * 1_000_000 // per_second)


def _lookback(request: HttpRequest) -> timedelta:
    text = request.GET.get("lookback", "")
    if text in ("", "custom"):
        return LOOKBACK
    days = re.fullmatch(r"(\d{1,3})d", text, re.ASCII)
    try:
        ms = int(days[1]) * 86_400_000 if days else duration_ms(text)
    except ValueError as error:
        raise BadQuestion("lookback", str(error)) from error
    return timedelta(milliseconds=min(max(ms, 1), 400 * 86_400_000))


def _operation(request: HttpRequest) -> Comparison | None:
    text = request.GET.get("operation", "")
    # Jaeger's form says `all`; clients may hand it on.
    if text in ("", "all"):
        return None
    return Comparison(Name("span.name"), "=", (Value(_short("operation", text), quoted=True),))


def _length(request: HttpRequest, field: str, operator: Operator) -> Comparison | None:
    text = request.GET.get(field, "")
    if not text:
        return None
    try:
        ms = duration_ms(text)
    except ValueError as error:
        raise BadQuestion(field, str(error)) from error
    return Comparison(Name("duration"), operator, (Value(f"{min(ms, 1e12):.6f}ms"),))


def _tags(request: HttpRequest) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in request.GET.getlist("tag"):
        key, colon, value = text.partition(":")
        if not colon or not key:
            raise BadQuestion("tag", f"{text[:40]!r} is no tag: expected key:value")
        found[key] = value
    for text in request.GET.getlist("tags"):
        found |= _from_json(text)
    if len(found) > MOST_TAGS:
        raise BadQuestion("tags", f"at most {MOST_TAGS} are asked at once")
    for key, value in found.items():
        _short("tags", key), _short("tags", value)
    return found


def _from_json(text: str) -> dict[str, str]:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadQuestion("tags", f"{text[:40]!r} is no JSON: {error}") from error
    if not isinstance(said, dict) or any(isinstance(value, list | dict) or value is None for value in said.values()):
        raise BadQuestion("tags", 'expected a JSON object of text, like {"http.status_code":"503"}')
    return {key: value if isinstance(value, str) else orjson.dumps(value).decode() for key, value in said.items()}


def _tag(key: str, value: str) -> Comparison:
    status = _STATUS.get(key, {}).get(value)
    if status:
        return Comparison(Name("status"), "=", (Value(status),))
    if key == "span.kind" and value in KINDS:
        return Comparison(Name("kind"), "=", (Value(value),))
    return Comparison(Name(key, quoted=True), "=", (Value(value, quoted=True),))


def _short(field: str, text: str) -> str:
    if len(text) > LONGEST:
        raise BadQuestion(field, f"expected at most {LONGEST:,} characters")
    return text


def _ns(at: datetime) -> int:
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000
