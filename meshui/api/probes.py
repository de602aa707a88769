"""`/healthz`, `/readyz`, `/metrics`: for the machines that watch this one."""

from datetime import UTC, datetime

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from meshui import check
from meshui.running import running
from telemetry import counters


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    del request
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every part works, else 503; each part with its sentence."""
    del request
    parts = check.parts(running(), datetime.now(UTC))
    body = {"ready": all(part.ok for part in parts), "parts": [part.as_dict() for part in parts]}
    answer = HttpResponse(orjson.dumps(body), status=200 if body["ready"] else 503, content_type="application/json")
    # Django logs each 503 as an error of ours; a probe asks every second while we start, and has its answer.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What MeshUI counts about itself, in Prometheus's text format."""
    del request
    return HttpResponse(counters.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")
