"""Lets senders tell metrics and asks what was understood: series at 0, ten seconds later at what they count.

heard = tell(engine, folder, count("istio_requests_total", 12, reporter="source", …))
heard.one("client", "shop/web", "shop/cart").codes == {"200": 12}
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Histogram, HistogramDataPoint, Metric
from prometheus_client.parser import text_string_to_metric_families

from telemetry.engine.engine import Engine, Row
from telemetry.rollup import said
from telemetry.rollup.fold import Run
from telemetry.rollup.metrics import fold_metrics, read_series
from tests.build import T0, Sender, counter, gauge, key_values, later, load, metrics, point, unix_ns

_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
SOME_BOUNDS = (5.0, 10.0, 25.0, 50.0, 100.0)


@dataclass(frozen=True)
class Told:
    """A series: what it counts at the end. A histogram has a count in each of its buckets, and a sum."""

    name: str
    value: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    kind: str = "counter"
    bounds: Sequence[float] = ()
    counts: Sequence[int] = ()


def count(name: str, value: float, /, **labels: str) -> Told:
    """A counter. In names of labels `__` stands for a dot."""
    return Told(name, value, _named(labels))


def level(name: str, value: float, /, **labels: str) -> Told:
    return Told(name, value, _named(labels), "gauge")


def durations(name: str, total: float, counts: Sequence[int], /, **labels: str) -> Told:
    """A histogram over SOME_BOUNDS, of ms, bytes or whatever its name says."""
    return Told(name, total, _named(labels), "histogram", SOME_BOUNDS, counts)


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("__", "."): value for name, value in labels.items()}


@dataclass
class Heard:
    """All that was said of one pair from one side."""

    rows: list[Row]

    def total(self, column: str) -> float:
        return round(sum(float(row[column] or 0) for row in self.rows), 6)

    def by(self, column: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for row in self.rows:
            if row["n"]:
                found[row[column]] = found.get(row[column], 0) + row["n"]
        return found

    @property
    def n(self) -> float:
        return self.total("n")

    @property
    def codes(self) -> dict[str, float]:
        return self.by("code")

    @property
    def classes(self) -> dict[str, float]:
        return self.by("class")

    @property
    def flags(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for row in self.rows:
            for flag in filter(None, row["flags"].split(",")):
                found[flag] = found.get(flag, 0) + row["flag_n"]
        return {flag: n for flag, n in found.items() if n}

    @property
    def latency(self) -> int:
        return sum(row["drawn"] for row in self.rows)

    def known(self, column: str) -> float | None:
        """The sum of what is known; None if nothing is."""
        return self.total(column) if any(row[column] is not None for row in self.rows) else None

    def all(self, column: str) -> set[Any]:
        return {row[column] for row in self.rows}


@dataclass
class Understood:
    """What was said, by side, source and target (or the raw name of the called), and how each series was read."""

    rows: list[Row]
    readings: list[Row]
    servers: set[tuple[str, str]]

    def pairs(self, side: str = "", *, tcp: bool = False) -> set[tuple[str, str]]:
        return {
            (row["source"], row["called"])
            for row in self.rows
            if side in ("", row["side"]) and (row["protocol"] == "tcp") == tcp
        }

    def one(self, side: str, source: str, called: str, *, tcp: bool = False) -> Heard:
        rows = [
            row
            for row in self.rows
            if (row["side"], row["source"], row["called"]) == (side, source, called)
            and (row["protocol"] == "tcp") == tcp
        ]
        assert rows, f"nothing said of {side} {source} → {called}, only {sorted(self.pairs())}"
        return Heard(rows)

    def why(self, metric: str) -> set[str]:
        """The reasons why series of a metric were not read; `''` where they were."""
        found = {row["why"] for row in self.readings if row["metric"] == metric}
        assert found, f"no series of {metric}"
        return found


def flush(at: datetime, sender: Sender | None, series: Iterable[Told], *, ended: bool) -> ExportMetricsServiceRequest:
    """What a sender exports at one time: everything it counts so far, or zeros."""
    return metrics(sender, *(_metric(told, at, ended=ended) for told in series))


def tell(
    engine: Engine, folder: Path, *series: Told, sender: Sender | None = None, peer: str = "127.0.0.1:9"
) -> Understood:
    """A sender's first flush, all zeros, and ten seconds later what it counted."""
    for at, ended in ((T0, False), (later(10), True)):
        load(engine, folder, flush(at, sender, series, ended=ended), received=later(10), peer=peer)
    return understand(engine)


def understand(engine: Engine, since: datetime = T0, seconds: float = 10) -> Understood:
    """Read what lies in the engine and fold it: the buckets of so many seconds from `since` on."""
    until = since + timedelta(seconds=seconds)
    read_series(engine, since, until)
    said.empty(engine)
    fold_metrics(engine, Run(since, until, until + timedelta(seconds=10), 1))
    rows = engine.query(
        """SELECT *, toString(side) AS side, toString(class) AS class, arraySum(mapValues(latency)) AS drawn,
          mapKeys(latency) AS bins,
          if(target != '', target, if(peer_ns = '', peer, concat(peer_ns, '/', peer))) AS called FROM fold_said"""
    )
    servers = engine.query("SELECT dialect, node FROM fold_servers")
    readings = engine.query("SELECT *, toString(side) AS side, toString(tls) AS tls FROM readings FINAL")
    return Understood(rows, readings, {(row["dialect"], row["node"]) for row in servers})


def page(text: str) -> list[Told]:
    """A Prometheus page as series: classic histograms as one, like the Collector makes them."""
    found: list[Told] = []
    for family in text_string_to_metric_families(text):
        if family.type == "histogram":
            found += _histograms(family)
            continue
        kind = "gauge" if family.type == "gauge" else "counter"
        found += [Told(s.name, s.value, dict(s.labels), kind) for s in family.samples if s.value >= 0]
    return found


def _histograms(family: Any) -> Iterable[Told]:
    groups: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
    for sample in family.samples:
        labels = {k: v for k, v in sample.labels.items() if k != "le"}
        group = groups.setdefault(tuple(sorted(labels.items())), {"labels": labels, "le": {}, "sum": 0.0})
        if sample.name.endswith("_bucket"):
            group["le"][float(sample.labels["le"])] = sample.value
        elif sample.name.endswith("_sum"):
            group["sum"] = sample.value
    for group in groups.values():
        bounds = sorted(group["le"])
        below = [0.0, *(group["le"][bound] for bound in bounds)]
        counts = [round(after - before) for before, after in pairwise(below)]
        yield Told(family.name, group["sum"], group["labels"], "histogram", bounds[:-1], counts)


def _metric(told: Told, at: datetime, *, ended: bool) -> Metric:
    value = told.value if ended else 0.0
    if told.kind == "gauge":
        return gauge(told.name, point(told.value, at=at, attributes=told.labels))
    if told.kind == "counter":
        return counter(told.name, point(float(value), at=at, attributes=told.labels))
    counts = list(told.counts) if ended else [0] * len(told.counts)
    made = HistogramDataPoint(
        time_unix_nano=unix_ns(at),
        count=sum(counts),
        sum=value,
        explicit_bounds=told.bounds,
        bucket_counts=counts,
        attributes=key_values(told.labels),
    )
    return Metric(name=told.name, histogram=Histogram(data_points=[made], aggregation_temporality=_CUMULATIVE))
