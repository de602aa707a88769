"""The state of the receivers, the spool, the engine and the clock (api.md); the API and the pages show the same."""

from datetime import UTC, datetime, timedelta
from typing import Any

from meshui import __version__, check, crowding, left_out, scraping
from meshui.running import Running, running
from telemetry.engine.stored import stored
from telemetry.publish.body import instant
from telemetry.rollup.scenario import scenario

Body = dict[str, Any]

LATE_FOR = timedelta(minutes=10)


def status(now: datetime) -> Body:
    """The body of `GET /api/v1/status`."""
    here = running()
    spool, tally = here.spool.state(), here.tally.state(now)
    playing = scenario(here.engine, now)
    accepting = spool.bytes < spool.max_bytes
    return {
        "version": __version__,
        "uptime_s": int((now - here.started).total_seconds()),
        "receivers": [
            {"protocol": name, "address": address, "accepting": accepting, **tally.receiver(name)}
            for name, address in sorted(here.receivers.items())
        ]
        + scraping.receivers(here, tally, accepting=accepting),
        "ingest": tally.as_dict(),
        "lag": _lag(here),
        "spool": {"bytes": spool.bytes, "segments": spool.segments, "quarantined": spool.quarantined},
        "engine": _engine(here),
        "scenario": None if playing is None else playing.name,
        "scenario_text": None if playing is None else playing.text,
        "warnings": _warnings(here, now),
    }


def _lag(here: Running) -> Body:
    """How far behind: acknowledged to queryable, the last tick, and what the tick has left to recompute."""
    p95_s, ticker = here.loader.state().queryable_p95_s, here.ticker
    return {
        "ack_to_queryable_p95_ms": None if p95_s is None else round(p95_s * 1000),
        "tick_ms": ticker.took_ms,
        "last_tick": None if ticker.last_at is None else instant(ticker.last_at),
        "buckets_waiting": 0 if ticker.refreshed is None else ticker.refreshed.left,
    }


def _engine(here: Running) -> Body:
    held = stored(here.engine)
    oldest = None if held.oldest is None else instant(datetime.fromisoformat(held.oldest).replace(tzinfo=UTC))
    return {
        "kind": "embedded",
        "bytes": held.bytes,
        "spans": held.spans,
        "points": held.points,
        "oldest": oldest,
    }


def _warnings(here: Running, now: datetime) -> list[Body]:
    """What a person should know of, each in a sentence."""
    found: list[Body] = []
    loader, spool = here.loader.state(), here.spool.state()
    if loader.stuck is not None:
        text = f"The engine cannot store: {loader.stuck} Data waits in the spool and is not lost."
        found.append({"kind": "engine_stuck", "text": text, "since": instant(loader.stuck_since or now)})
    if spool.bytes >= spool.max_bytes:
        text = "The spool is full; senders are asked to wait. Proxies do not send again: their spans are lost."
        found.append({"kind": "spool_full", "text": text, "since": instant(now)})
    if loader.quarantined is not None:
        reason = loader.quarantined
        text = f"A message was set aside in quarantine/: {reason.text}"
        found.append({"kind": "quarantined", "text": text, "since": instant(reason.at)})
    ticker = here.ticker
    tick = check.tick(here, now)
    if not tick.ok and ticker.last_at is not None:
        found.append({"kind": "signals_late", "text": tick.text, "since": instant(ticker.last_at)})
    if ticker.crowded_since is not None:
        most = ticker.max_services
        text = (
            f"More than {most:,} services send spans. The quietest are shown as one; MESHUI_MAX_SERVICES raises this."
        )
        found.append({"kind": "too_many_services", "text": text, "since": instant(ticker.crowded_since)})
    found += crowding.warnings(here.engine, now - LATE_FOR, ticker.max_operations)
    return found + scraping.warnings(here, now) + left_out.warnings(here.engine, now - LATE_FOR)
