"""Prometheus's write requests as its senders make them: 1.0 with labels, 2.0 with symbols."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import cramjam

from telemetry.engine.prometheus import Request, Stored, WriteRequest
from telemetry.receive import remote_write
from telemetry.receive.remote_write import Written


@dataclass(frozen=True)
class Series:
    """`samples`: (value, ms). `natives`: fields of native histograms, spans as (offset, length)."""

    labels: dict[str, str]
    samples: list[tuple[float, int]] = field(default_factory=list)
    natives: list[dict[str, Any]] = field(default_factory=list)
    kind: int = 0
    unit: str = ""
    start_ms: int = 0


def series(name: str, value: float | None = None, at_ms: int = 0, **labels: str) -> Series:
    """One series; with a value, one sample."""
    return Series({"__name__": name} | labels, [] if value is None else [(value, at_ms)])


def one(made: Iterable[Series], families: Iterable[tuple[int, str]] = ()) -> Any:
    """1.0; `families`: (type, name) of its metadata."""
    request = WriteRequest()
    for each in made:
        out = request.timeseries.add()
        for name, value in sorted(each.labels.items()):
            out.labels.add(name=name, value=value)
        for value, at in each.samples:
            out.samples.add(value=value, timestamp=at)
        _natives(out, each)
    for kind, name in families:
        request.metadata.add(type=kind, metric_family_name=name, help="h")
    return request


def two(made: Iterable[Series]) -> Any:
    """2.0."""
    request = Request()
    symbols = {"": 0}

    def ref(text: str) -> int:
        return symbols.setdefault(text, len(symbols))

    for each in made:
        out = request.timeseries.add()
        for name, value in sorted(each.labels.items()):
            out.labels_refs.extend([ref(name), ref(value)])
        for sample, at in each.samples:
            out.samples.add(value=sample, timestamp=at, start_timestamp=each.start_ms)
        out.metadata.type = each.kind
        out.metadata.unit_ref = ref(each.unit)
        _natives(out, each)
    request.symbols.extend(symbols)
    return request


def _natives(out: Any, made: Series) -> None:
    for fields in made.natives:
        histogram = out.histograms.add()
        for name, value in fields.items():
            if name.endswith("spans"):
                for offset, length in value:
                    getattr(histogram, name).add(offset=offset, length=length)
            elif isinstance(value, list):
                getattr(histogram, name).extend(value)
            else:
                setattr(histogram, name, value)


def snapped(request: Any) -> bytes:
    """As it goes over the wire: a snappy block."""
    return bytes(cramjam.snappy.compress_raw(request.SerializeToString()))


def stored(request: Any) -> Any:
    """What the receiver makes of a request: the record that `tests.build.load` takes."""
    proto = remote_write.ONE if isinstance(request, WriteRequest) else remote_write.TWO
    taken = remote_write.check(proto, request.SerializeToString())
    assert isinstance(taken, Written), taken.text
    return Stored.FromString(taken.data)
