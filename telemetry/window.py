"""10 s buckets of event time, and the windows that questions are asked about (rules.md, Time and windows)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BUCKET_S = 10
LIVE_WINDOWS = {"60s": 60, "5m": 300, "15m": 900, "1h": 3600}
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def parse_duration(text: str) -> float:
    """Seconds in `250ms`, `60s`, `5m`, `1h`, `7d`; raises ValueError with what was expected."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration: expected a number and ms, s, m, h or d, like 60s")
    return float(match[1]) * _UNITS[match[2]]


def bucket_of(at: datetime) -> datetime:
    """The bucket border at or before `at`."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % BUCKET_S, UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """[since, until): from a bucket border to the instant asked about; every rate is count / seconds."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()

    @classmethod
    def ending(cls, at: datetime, length_s: float) -> "Window":
        """From the last bucket border at or before `at` − `length_s`, to `at`: the open bucket included."""
        return cls(bucket_of(at - timedelta(seconds=length_s)), at)
