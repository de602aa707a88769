"""What this process holds while it runs: one value, set once by up.py (or a test), asked by every door."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemetry.engine.engine import Engine


@dataclass
class Running:
    """Parts that live as long as the process. `receivers`: protocol (`otlp_http`, `otlp_grpc`) → bound address."""

    engine: "Engine"
    started: datetime
    receivers: dict[str, str] = field(default_factory=dict)
    web: str = ""
    spool: Any = None
    loader: Any = None
    fanout: Any = None


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
