"""`GET /api/v1/readings`: how each series of metric points was read, or why it was not. `GET /api/v1/flags`: response
flags in words."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.asked.instants import BadQuestion, asked_int
from meshui.running import running
from telemetry.publish.body import instant
from telemetry.publish.flags import KNOWN, flag_json
from telemetry.rollup.readings import READ, Asked, Cursor, Reading, cursor_of, cursor_text
from telemetry.rollup.readings import readings as found

LIMIT, MOST = 50, 1000


@question
def readings(request: HttpRequest) -> HttpResponse:
    """A page of series in order of metrics; `next` is the cursor of the one after, null at the end."""
    limit = asked_int(request, "limit", LIMIT, 1, MOST)
    asked, after = _asked(request)
    page = found(running().engine, asked, datetime.now(UTC), limit, after)
    return ok({"items": [reading_json(each) for each in page.items], "next": page.after and cursor_text(page.after)})


@question
def flags(request: HttpRequest) -> HttpResponse:
    """Every response flag that is known, as in a trace's `flag_notes`."""
    del request
    return ok({"items": [flag_json(flag) for flag in KNOWN], "next": None})


def _asked(request: HttpRequest) -> tuple[Asked, Cursor]:
    """What to look for, and from where on."""
    read = request.GET.get("read", "")
    if read not in READ:
        raise BadQuestion("read", "expected yes or no")
    try:
        after = cursor_of(request.GET.get("cursor", ""))
    except ValueError as error:
        raise BadQuestion("cursor", str(error)) from error
    metric, sender = (request.GET.get(name, "").strip() for name in ("metric", "sender"))
    return Asked(metric, sender, READ[read]), after


def reading_json(reading: Reading) -> dict[str, Any]:
    """Null is what the series does not say; of what is not read only `why` and what was sent mean something."""
    return {
        "metric": reading.metric,
        "type": reading.type,
        "sender": reading.sender,
        "instance": reading.instance,
        "labels": dict(reading.labels),
        "last_point": None if reading.last is None else instant(reading.last),
        "read": reading.why is None,
        "why": reading.why,
        "dialect": reading.dialect or None,
        "measure": reading.measure or None,
        "side": reading.side,
        "source": reading.source,
        "target": reading.target,
        "peer": reading.peer,
        "cluster": reading.cluster,
        "protocol": reading.protocol or None,
        "operation": reading.operation or None,
        "code": reading.code,
        "flags": list(reading.flags),
        "tls": reading.tls,
        "versions": dict(zip(("source", "target"), (each or None for each in reading.versions), strict=True)),
        "identities": dict(zip(("source", "target"), (each or None for each in reading.identities), strict=True)),
        "buckets": reading.buckets,
    }
