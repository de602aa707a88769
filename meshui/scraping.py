"""What /status and the Now page say of scraped targets: a row among the receivers, a warning for those that fail."""

from datetime import datetime
from typing import Any

from meshui.running import Running
from meshui.scrape.scraper import PROTOCOL, Known
from telemetry.publish.body import instant
from telemetry.receive.tally import TallyState

Body = dict[str, Any]

MOST_NAMED = 3


def receivers(here: Running, tally: TallyState, *, accepting: bool) -> list[Body]:
    """One row for all targets, none where MESHUI_SCRAPE names nobody."""
    if here.scraper is None:
        return []
    state = here.scraper.state()
    address = f"{len(state.targets) - len(state.down)} of {len(state.targets)} targets"
    row = {"protocol": PROTOCOL, "address": address, "accepting": accepting, **tally.receiver(PROTOCOL)}
    return [row | {"targets": [_target(known) for known in state.targets]}]


def _target(known: Known) -> Body:
    return {
        "url": known.target.url,
        "labels": dict(known.target.labels),
        "up": None if known.since is None else not known.error,
        "error": known.error or None,
        "since": _instant(known.since),
        "last_seen": _instant(known.last),
        "samples": known.samples,
    }


def warnings(here: Running, now: datetime) -> list[Body]:
    """One for all targets that fail, naming a few, and one for each file that cannot be read."""
    if here.scraper is None:
        return []
    state = here.scraper.state()
    found = [
        {"kind": "scrape_files", "text": f"Targets to scrape: {error}. The last ones are kept.", "since": instant(now)}
        for error in state.errors
    ]
    down = state.down
    if not down:
        return found
    named = "; ".join(f"{known.target.url}: {known.error}" for known in down[:MOST_NAMED])
    more = f"; and {len(down) - MOST_NAMED} more" if len(down) > MOST_NAMED else ""
    text = f"{len(down)} of {len(state.targets)} scraped targets give nothing. {named}{more}."
    since = min(known.since for known in down if known.since is not None)
    return [*found, {"kind": "scrape_down", "text": text, "since": instant(since)}]


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
