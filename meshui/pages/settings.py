"""Settings: how series of metric points are read, and what proxies could add so that more is known of their calls."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meshui.pages.empty import coloured
from meshui.running import running
from telemetry.engine.engine import EngineError
from telemetry.hints import hints
from telemetry.publish.flags import KNOWN
from telemetry.rollup.proxies import seen
from telemetry.rollup.readings import READ, START, Asked, Reading, cursor_of, cursor_text, readings, summary

FEW = 50
REASONS = 6
FILTERS = ("metric", "sender", "read")


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The query is what the API's `readings` takes; what cannot be read of it is left out."""
    context: dict[str, Any] = {"quiet": True, "asked": {name: request.GET.get(name, "").strip() for name in FILTERS}}
    try:
        now = datetime.now(UTC)
        context |= _readings(context["asked"], request.GET.get("cursor", ""), now)
        context["hints"] = [{"it": hint, "lines": coloured(hint.lines)} for hint in hints(seen(running().engine, now))]
    except EngineError as error:
        context["wrong"] = str(error)
    return render(request, "settings/page.html", context, status=503 if "wrong" in context else 200)


def _readings(asked: dict[str, str], cursor: str, now: datetime) -> dict[str, Any]:
    engine = running().engine
    try:
        after = cursor_of(cursor)
    except ValueError:
        after = START
    found = readings(engine, Asked(asked["metric"], asked["sender"], READ.get(asked["read"])), now, FEW, after)
    counted = summary(engine)
    same = {name: text for name, text in asked.items() if text}
    return {
        "rows": [_row(each) for each in found.items],
        "summary": counted,
        "known": counted.read + counted.not_read,
        "reasons": counted.unread[:REASONS],
        "more_reasons": max(0, len(counted.unread) - REASONS),
        "next": f"?{urlencode({**same, 'cursor': cursor_text(found.after)})}#readings" if found.after else "",
        "later": after != START,
        "same": urlencode(same),
    }


def _row(reading: Reading) -> dict[str, Any]:
    return {
        "it": reading,
        "how": _how(reading),
        "flags": [(flag, KNOWN[flag].sentence if flag in KNOWN else "") for flag in reading.flags],
        "edge": f"{reading.source}→{reading.target}" if reading.source and reading.target else "",
    }


def _how(reading: Reading) -> str:
    """`requests, counted by the caller, gRPC 14`."""
    by = {"client": "by the caller", "server": "by the called", "relay": "by a proxy between"}[reading.side]
    code = reading.code.replace("grpc:", "gRPC ") if reading.code else ""
    tls = {"mutual": "mutual TLS", "plain": "plaintext"}.get(reading.tls, "")
    return ", ".join(word for word in (reading.measure.replace("_", " "), by, code, tls) if word)
