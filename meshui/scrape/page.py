"""A page of metrics → one write request 2.0, as a Prometheus that scraped it would send. Parsed by prometheus_client:
OpenMetrics and the older text alike, by the Content-Type."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from telemetry.engine.prometheus import (
    COUNTER,
    GAUGE,
    GAUGE_HISTOGRAM,
    HISTOGRAM,
    INFO,
    STATE_SET,
    SUMMARY,
    Request,
)

ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
KINDS = {
    "counter": COUNTER, "gauge": GAUGE, "histogram": HISTOGRAM, "gaugehistogram": GAUGE_HISTOGRAM, "summary": SUMMARY,
    "info": INFO, "stateset": STATE_SET,
}  # fmt: skip
_COUNTERS = re.compile(r"^([ \t]*#[ \t]+TYPE[ \t]+)(\S+)([ \t]+)counter[ \t\r]*$", re.MULTILINE)
_openmetrics: Callable[[str], Iterable[Metric]] = openmetrics
Labels = tuple[tuple[str, str], ...]


class Unreadable(ValueError):
    """The page is none; the text says why."""


def read(text: str, content_type: str, labels: Labels, at_ms: int) -> Any:
    """A Request 2.0. `labels` are the target's; a label of the page by one of these names becomes `exported_<name>`, as
    with Prometheus. A sample that says no time has `at_ms`. Raises Unreadable."""
    families, bare = _families(text, content_type)
    made = _Made(labels, at_ms)
    try:
        for family in families:
            kind = COUNTER if family.name in bare else KINDS.get(family.type, 0)
            made.add(family, kind)
    except (ValueError, IndexError, KeyError) as error:
        raise Unreadable(str(error) or "a line of it cannot be read") from error
    made.up(1.0)
    return made.request()


def down(labels: Labels, at_ms: int) -> Any:
    """What is known of a target that does not answer: that it is not up."""
    made = _Made(labels, at_ms)
    made.up(0.0)
    return made.request()


def _families(text: str, content_type: str) -> tuple[Iterable[Metric], set[str]]:
    """The parser's families, and names of counters that it is told are untyped: to a counter of the older text it adds
    `_total` where that is missing, which for Envoy makes the names of two statistics one."""
    if content_type.partition(";")[0].strip().lower() == "application/openmetrics-text":
        return _openmetrics(text), set()
    bare: set[str] = set()

    def untyped(match: re.Match[str]) -> str:
        name = match[2].strip('"')
        if name.endswith("_total"):
            return match[0]
        bare.add(name)
        return f"{match[1]}{match[2]}{match[3]}untyped"

    return plain(_COUNTERS.sub(untyped, text)), bare


class _Made:
    """A request as it grows: each text once."""

    def __init__(self, labels: Labels, at_ms: int) -> None:
        self._request: Any = Request()
        self._symbols: dict[str, int] = {"": 0}
        self._target, self._at_ms = dict(labels), at_ms

    def add(self, family: Metric, kind: int) -> None:
        created = {
            _key(sample.labels): int(sample.value * 1000)
            for sample in family.samples
            if sample.name == f"{family.name}_created"
        }
        for sample in family.samples:
            if created and sample.name == f"{family.name}_created":
                continue
            at = self._at_ms if sample.timestamp is None else int(float(sample.timestamp) * 1000)
            start = created.get(_key(sample.labels), 0)
            self._series(sample.name, sample.labels, kind, family.unit).samples.add(
                value=float(sample.value), timestamp=at, start_timestamp=start
            )

    def up(self, value: float) -> None:
        """Whether the target answered, under the name that Prometheus gives it."""
        self._series("up", {}, GAUGE, "").samples.add(value=value, timestamp=self._at_ms)

    def request(self) -> Any:
        self._request.symbols.extend(self._symbols)
        return self._request

    def _series(self, name: str, labels: dict[str, str], kind: int, unit: str) -> Any:
        own = {(f"exported_{key}" if key in self._target else key): text for key, text in labels.items()}
        series = self._request.timeseries.add()
        for key, text in sorted({"__name__": name, **own, **self._target}.items()):
            if text:
                series.labels_refs.extend((self._ref(key), self._ref(text)))
        series.metadata.type = kind
        series.metadata.unit_ref = self._ref(unit)
        return series

    def _ref(self, text: str) -> int:
        return self._symbols.setdefault(text, len(self._symbols))


def _key(labels: dict[str, str]) -> frozenset[tuple[str, str]]:
    """A series of its family, whichever of a histogram's or summary's samples it is."""
    return frozenset((name, text) for name, text in labels.items() if name not in ("le", "quantile"))
