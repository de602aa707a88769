"""What the receivers took and refused, for /status and the Now page: totals, rates, who sent last, recent rejections.

Thread-safe and bounded whatever senders do: at most MOST_SENDERS names are kept, the longest silent go first; a
rejection that repeats is one row with a count, and at most MOST_REJECTIONS rows are kept. Time comes in as Unix s."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from telemetry import counters
from telemetry.engine.engine import Signal

MOST_SENDERS = 500
MOST_REJECTIONS = 50
LONGEST_TEXT = 300
LONGEST_AGENT = 80
RATE_S = 10

_ACCEPTED: Mapping[Signal, counters.Counter] = {
    Signal.TRACES: counters.spans_accepted,
    Signal.METRICS: counters.points_accepted,
    Signal.LOGS: counters.logs_accepted,
    Signal.WRITE: counters.points_accepted,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: `otlp_http`, `otlp_grpc`, `zipkin`, `remote_write` or `scrape`; address with port;
    user agent, may be empty."""

    protocol: str
    peer: str
    agent: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent, and what. `peer` is an address without port; `rejected` counts requests refused and items left out."""

    protocol: str
    peer: str
    agent: str
    last_seen: datetime
    requests: int = 0
    spans: int = 0
    points: int = 0
    logs: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reason that one sender was told no. `count` requests, or items where part of a request was left out."""

    at: datetime
    sender: str
    status: int
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class TallyState:
    """Totals since the process started; rates over the last RATE_S whole seconds."""

    spans_per_s: float
    points_per_s: float
    logs_per_s: float
    spans: int
    points: int
    logs: int
    requests: int
    rejected: int
    last_seen: datetime | None
    senders: tuple[Sender, ...]
    rejections: tuple[Rejected, ...]

    @property
    def accepted(self) -> int:
        """Spans, points and log records together."""
        return self.spans + self.points + self.logs

    def receiver(self, protocol: str) -> dict[str, Any]:
        """What /status adds to one receiver: those that share the address of `otlp_http` count there."""
        mine = [s for s in self.senders if _RECEIVER.get(s.protocol, s.protocol) == protocol]
        last = max((sender.last_seen for sender in mine), default=None)
        return {
            "last_seen": _text(last),
            "senders": len(mine),
            "requests": sum(sender.requests for sender in mine),
            "rejected": sum(sender.rejected for sender in mine),
        }

    def as_dict(self) -> dict[str, Any]:
        """`ingest` of GET /status (api.md); times RFC 3339."""
        return {
            "spans_per_s": self.spans_per_s,
            "points_per_s": self.points_per_s,
            "logs_per_s": self.logs_per_s,
            "accepted_total": self.accepted,
            "rejected_total": self.rejected,
            "last_seen": _text(self.last_seen),
            "rejected_recently": [
                {"at": _text(no.at), "sender": no.sender, "status": no.status, "reason": no.reason, "count": no.count}
                for no in self.rejections
            ],
        }


def host_of(peer: str) -> str:
    """`10.0.0.7` of `10.0.0.7:51234`, `::1` of `[::1]:51234`; a Unix socket's name as it is."""
    if peer.startswith("["):
        return peer[1 : peer.find("]")]
    return peer.rpartition(":")[0] or peer


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


class Tally:
    """One a process, shared by all receivers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._senders: OrderedDict[tuple[str, str, str], list[float]] = OrderedDict()
        self._rejections: OrderedDict[tuple[str, int, str], Rejected] = OrderedDict()
        self._seconds: OrderedDict[int, list[int]] = OrderedDict()
        self._items = [0, 0, 0]
        self._requests = 0
        self._rejected = 0
        self._last_seen: float | None = None

    def accepted(self, origin: Origin, signal: Signal, count: int, size: int, at: float) -> None:
        """A request is durable: `count` items in `size` bytes."""
        which = _WHICH[signal]
        with self._lock:
            self._requests += 1
            self._items[which] += count
            self._last_seen = at
            second = self._seconds.get(int(at))
            if second is None:
                second = self._seconds[int(at)] = [0, 0, 0]
                while len(self._seconds) > RATE_S + 2:
                    self._seconds.popitem(last=False)
            second[which] += count
            row = self._sender(origin, at)
            row[1] += 1
            row[2 + which] += count
        _ACCEPTED[signal].add(count)
        counters.bytes_received.add(size)

    def rejected(self, origin: Origin, status: int, reason: str, at: float, count: int = 1) -> None:
        """A request was refused, or `count` items of an accepted one (status 200) were left out."""
        host, reason = host_of(origin.peer), reason[:LONGEST_TEXT]
        name = f"{host} ({origin.agent[:LONGEST_AGENT]})" if origin.agent else host
        # The same no in other words (another offset, another size) is the same row: keyed by its first words.
        key = (name, status, reason[:40])
        with self._lock:
            self._rejected += count
            self._sender(origin, at)[5] += count
            before = self._rejections.pop(key, None)
            total = count + (before.count if before else 0)
            self._rejections[key] = Rejected(_time(at), name, status, reason, total)
            if len(self._rejections) > MOST_REJECTIONS:
                self._rejections.popitem(last=False)
        counters.items_rejected.add(count, {"protocol": origin.protocol})

    def _sender(self, origin: Origin, at: float) -> list[float]:
        key = (origin.protocol, host_of(origin.peer), origin.agent[:LONGEST_AGENT])
        row = self._senders.get(key)
        if row is None:
            row = self._senders[key] = [at, 0, 0, 0, 0, 0]
            if len(self._senders) > MOST_SENDERS:
                self._senders.popitem(last=False)
        else:
            self._senders.move_to_end(key)
            row[0] = at
        return row

    def state(self, at: datetime) -> TallyState:
        """Everything, as of `at`; the newest rejection and sender first."""
        now = int(at.timestamp())
        with self._lock:
            window = [row for second, row in self._seconds.items() if now - RATE_S <= second < now]
            spans, points, logs = (sum(row[which] for row in window) / RATE_S for which in range(3))
            senders = tuple(
                Sender(protocol, peer, agent, _time(row[0]), *map(int, row[1:]))
                for (protocol, peer, agent), row in reversed(self._senders.items())
            )
            return TallyState(
                spans_per_s=spans,
                points_per_s=points,
                logs_per_s=logs,
                spans=self._items[0],
                points=self._items[1],
                logs=self._items[2],
                requests=self._requests,
                rejected=self._rejected,
                last_seen=None if self._last_seen is None else _time(self._last_seen),
                senders=senders,
                rejections=tuple(reversed(self._rejections.values())),
            )


_RECEIVER: Mapping[str, str] = {"zipkin": "otlp_http", "remote_write": "otlp_http"}
_WHICH: Mapping[Signal, int] = {Signal.TRACES: 0, Signal.METRICS: 1, Signal.LOGS: 2, Signal.WRITE: 1}
