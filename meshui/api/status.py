"""`GET /api/v1/status`: the state of the receivers, the spool, the engine and the clock (api.md)."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from meshui import __version__
from meshui.api.answer import ok, question
from meshui.running import running
from telemetry.rollup.scenario import scenario


@question
def status(request: HttpRequest) -> HttpResponse:
    del request
    return ok(body(datetime.now(UTC)))  # noqa: TID251  a door reads the clock


def body(now: datetime) -> dict[str, Any]:
    """The body of api.md; the Now page shows the same."""
    here = running()
    spool, tally, engine = here.spool.state(), here.tally.state(now), here.ticker.engine_state(now)
    accepting = spool.bytes < spool.max_bytes
    return {
        "version": __version__,
        "uptime_s": int((now - here.started).total_seconds()),
        "receivers": [
            {"protocol": name, "address": address, "accepting": accepting, **tally.receiver(name)}
            for name, address in sorted(here.receivers.items())
        ],
        "ingest": tally.as_dict(),
        "lag": here.ticker.lag(),
        "spool": {"bytes": spool.bytes, "segments": spool.segments, "quarantined": spool.quarantined},
        "engine": engine,
        "scenario": scenario(here.engine, now),
        "warnings": [],
    }
