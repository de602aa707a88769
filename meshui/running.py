"""What this process holds while it runs: one value, set once by up.py (or a test), asked by every door."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshui.live.fanout import Fanout
    from meshui.scrape.scraper import Scraper
    from meshui.work.tick import Ticker
    from telemetry.engine.engine import Engine
    from telemetry.receive.tally import Tally
    from telemetry.spool.loader import Loader
    from telemetry.spool.spool import Spool


@dataclass
class Running:
    """Parts that live as long as the process. `receivers`: protocol (`otlp_http`, `otlp_grpc`) → bound address."""

    started: datetime
    engine: "Engine"
    spool: "Spool"
    loader: "Loader"
    tally: "Tally"
    fanout: "Fanout"
    ticker: "Ticker"
    web: str = ""
    receivers: dict[str, str] = field(default_factory=dict)
    scraper: "Scraper | None" = None
    """None where MESHUI_SCRAPE names nobody."""


_running: Running | None = None


def hold(value: Running | None) -> None:
    """Make `value` what `running()` answers; None after a drain."""
    global _running  # noqa: PLW0603  one process, one engine
    _running = value


def running() -> Running:
    """Raises RuntimeError where no server runs in this process (a management command, say)."""
    if _running is None:
        raise RuntimeError("No MeshUI server runs in this process; start it with `meshui up`.")
    return _running
