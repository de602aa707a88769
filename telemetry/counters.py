"""Every metric MeshUI keeps about itself: name, unit, sentence. Rendered for Prometheus by `exposition()`.

Values live in this process and start at zero with it. Thread-safe. A metric keeps at most MOST_SERIES label sets;
what comes after is counted under the label value `other`, so that no sender can make this page grow."""

from bisect import bisect_left
from collections.abc import Mapping
from threading import Lock

MOST_SERIES = 100
Labels = tuple[tuple[str, str], ...]


def _labels(labels: Mapping[str, str] | None) -> Labels:
    return tuple(sorted(labels.items())) if labels else ()


def _printed(labels: Labels) -> str:
    if not labels:
        return ""
    escaped = ((k, v.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")) for k, v in labels)
    return "{" + ",".join(f'{k}="{v}"' for k, v in escaped) + "}"


class _Metric:
    """What all kinds share: a row of the table, and a bounded set of label sets."""

    kind = "untyped"

    def __init__(self, name: str, unit: str, sentence: str) -> None:
        self.name, self.unit, self.sentence = name, unit, sentence
        self._lock = Lock()
        _TABLE[name] = self

    def lines(self) -> list[str]:
        raise NotImplementedError

    def exposition(self) -> str:
        head = [f"# HELP {self.name} {self.sentence} Unit: {self.unit}.", f"# TYPE {self.name} {self.kind}"]
        return "\n".join(head + self.lines()) + "\n"


_TABLE: dict[str, _Metric] = {}


class Counter(_Metric):
    """Only grows."""

    kind = "counter"

    def __init__(self, name: str, unit: str, sentence: str) -> None:
        super().__init__(name, unit, sentence)
        self._values: dict[Labels, float] = {}

    def add(self, amount: float = 1, labels: Mapping[str, str] | None = None) -> None:
        key = _labels(labels)
        with self._lock:
            if key not in self._values and len(self._values) >= MOST_SERIES:
                key = tuple((name, "other") for name, _ in key)
            self._values[key] = self._values.get(key, 0) + amount

    def value(self, labels: Mapping[str, str] | None = None) -> float:
        """The count of one label set; without labels, the sum of all."""
        with self._lock:
            return sum(self._values.values()) if labels is None else self._values.get(_labels(labels), 0)

    def lines(self) -> list[str]:
        with self._lock:
            values = dict(self._values) or {(): 0.0}
        return [f"{self.name}{_printed(key)} {value:.16g}" for key, value in values.items()]


class Gauge(_Metric):
    """Goes up and down; the last value set is the one shown."""

    kind = "gauge"

    def __init__(self, name: str, unit: str, sentence: str) -> None:
        super().__init__(name, unit, sentence)
        self._value = 0.0

    def set(self, value: float) -> None:
        self._value = value

    def value(self) -> float:
        return self._value

    def lines(self) -> list[str]:
        return [f"{self.name} {self._value:.16g}"]


class Histogram(_Metric):
    """Counts by upper bound; `quantile` answers the bound a share of the samples stayed under."""

    kind = "histogram"
    BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

    def __init__(self, name: str, unit: str, sentence: str) -> None:
        super().__init__(name, unit, sentence)
        self._counts = [0] * (len(self.BOUNDS) + 1)
        self._sum = 0.0

    def record(self, value: float) -> None:
        with self._lock:
            self._counts[bisect_left(self.BOUNDS, value)] += 1
            self._sum += value

    def count(self) -> int:
        with self._lock:
            return sum(self._counts)

    def lines(self) -> list[str]:
        with self._lock:
            counts, total = list(self._counts), self._sum
        running, lines = 0, []
        for bound, count in zip((*map(str, self.BOUNDS), "+Inf"), counts, strict=True):
            running += count
            lines.append(f'{self.name}_bucket{{le="{bound}"}} {running}')
        return [*lines, f"{self.name}_sum {total:.16g}", f"{self.name}_count {running}"]


def counter(name: str, unit: str, sentence: str) -> Counter:
    return Counter(name, unit, sentence)


def gauge(name: str, unit: str, sentence: str) -> Gauge:
    return Gauge(name, unit, sentence)


def histogram(name: str, unit: str, sentence: str) -> Histogram:
    return Histogram(name, unit, sentence)


def table() -> tuple[_Metric, ...]:
    """Every row, in the order of this file."""
    return tuple(_TABLE.values())


def exposition() -> str:
    """All metrics in Prometheus' text format 0.0.4, in the order of this file."""
    return "".join(metric.exposition() for metric in list(_TABLE.values()))


spans_accepted = counter(
    "meshui_spans_accepted_total", "spans", "Spans durable in the spool and answered with success."
)
points_accepted = counter("meshui_points_accepted_total", "points", "Data points durable and answered with success.")
logs_accepted = counter("meshui_logs_accepted_total", "records", "Log records durable and answered with success.")
items_rejected = counter(
    "meshui_items_rejected_total", "items", "Spans, points and log records left out of a request, by protocol."
)
bytes_received = counter("meshui_received_bytes_total", "bytes", "Bytes of accepted requests after inflating.")
append_seconds = histogram("meshui_append_seconds", "s", "From a request checked to its record durable.")
fsync_seconds = histogram("meshui_spool_fsync_seconds", "s", "One group commit.")
spool_bytes = gauge("meshui_spool_bytes", "bytes", "Held in the spool: acknowledged, not yet in the engine.")
spool_refusals = counter("meshui_spool_refusals_total", "requests", "Requests the spool had no room or no disk for.")
segments_loaded = counter("meshui_segments_loaded_total", "segments", "Segments the engine has, by signal.")
segments_repeated = counter("meshui_segments_repeated_total", "inserts", "INSERTs of a segment done again, by reason.")
load_seconds = histogram("meshui_load_seconds", "s", "One INSERT of a sealed segment.")
queryable_seconds = histogram(
    "meshui_queryable_seconds", "s", "From the first record of a segment written to the segment queryable."
)
records_quarantined = counter(
    "meshui_records_quarantined_total", "records", "Records the engine refused one by one, kept in quarantine/."
)
