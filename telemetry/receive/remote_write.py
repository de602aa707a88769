"""A Prometheus write request, 1.0 or 2.0 → a Batch, or a Rejection. Which of the two, the Content-Type says: the bytes
of one read as the other are an empty message (prometheus.io/docs/specs/prw).

Touches each series once, never a sample: 1.0 goes on as it came, 2.0 with its texts in place of references."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

from telemetry.engine.engine import Signal
from telemetry.engine.prometheus import Request, WriteRequest
from telemetry.receive import rejection
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.where import fault

ONE, TWO = "prometheus.WriteRequest", "io.prometheus.write.v2.Request"
KIND = "application/x-protobuf"
NAME = "__name__"
MOST_BUCKETS = 10_000
"""Of a native histogram, empty ones between its spans included. Prometheus itself keeps some hundred."""
CUSTOM_BUCKETS = -53
LOWEST_SCHEMA, HIGHEST_SCHEMA = -4, 8


@dataclass(frozen=True, slots=True)
class Written(Batch):
    """`count` is samples and histograms together; 2.0 wants them apart in the answer."""

    samples: int = 0
    histograms: int = 0


def version(kind: str, parameters: str) -> str | None:
    """ONE or TWO, by a Content-Type and its parameters; None for neither. No type at all, or no `proto`, is 1.0."""
    if kind not in ("", KIND):
        return None
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "proto":
            proto = value.strip().strip('"')
            return proto if proto in (ONE, TWO) else None
    return ONE


def check(proto: str, data: bytes) -> Written | Rejection:
    """Inflated bytes of a request of that version."""
    kind = WriteRequest if proto == ONE else Request
    try:
        message = kind.FromString(data)
    except DecodeError:
        return rejection.MALFORMED.saying(what=f"{proto} in protobuf", why=fault(data, kind.DESCRIPTOR))
    unknown = len(UnknownFieldSet(message)) > 0
    if unknown and not message.timeseries and not (proto == ONE and message.metadata):
        other = TWO if proto == ONE else ONE
        return rejection.MALFORMED.saying(what=proto, why=f"it has none of its fields; is it {other}?")
    return _one(message, None if unknown else data) if proto == ONE else _two(message)


def _one(message: Any, data: bytes | None) -> Written:
    taken = _taken(message, _why_not_one)
    if data is None or taken.rejected:
        message.DiscardUnknownFields()
        data = message.SerializeToString()
    return replace(taken, data=data, families=len(message.metadata))


def _two(message: Any) -> Written | Rejection:
    symbols = list(message.symbols)
    if message.timeseries and (not symbols or symbols[0]):
        return rejection.MALFORMED.saying(what=TWO, why="symbols[0] is not the empty string")
    taken = _taken(message, lambda series: _why_not_two(series, symbols))
    message.ClearField("symbols")
    message.DiscardUnknownFields()
    return replace(taken, data=message.SerializeToString())


def _taken(message: Any, why_not: Callable[[Any], str]) -> Written:
    """What of a message can be stored, counted; the series that cannot are taken out of it, the first is named."""
    samples = histograms = left_out = 0
    reason = ""
    good: list[Any] = []
    for index, series in enumerate(message.timeseries):
        why = why_not(series)
        if why:
            left_out += max(1, len(series.samples) + len(series.histograms))
            reason = reason or f"Left out were timeseries[{index}] and others like it: {why}."
            continue
        good.append(series)
        samples += len(series.samples)
        histograms += len(series.histograms)
    if left_out:
        kept = type(message)(timeseries=good)
        del message.timeseries[:]
        message.timeseries.extend(kept.timeseries)
    return Written(Signal.WRITE, b"", samples + histograms, left_out, reason, samples=samples, histograms=histograms)


def _why_not_one(series: Any) -> str:
    # Sorted by name, and few names sort before the underscore.
    if not any(label.name == NAME and label.value for label in series.labels):
        return f"it has no label {NAME}"
    return _why_not_histograms(series.histograms) if series.histograms else ""


def _why_not_two(series: Any, symbols: list[str]) -> str:
    """Resolves the series' references on the way."""
    try:
        texts = [symbols[ref] for ref in series.labels_refs]
        series.unit = symbols[series.metadata.unit_ref]
    except IndexError:
        return f"it refers to a symbol beyond the {len(symbols)} there are"
    if len(texts) % 2:
        return "a label's value is missing"
    if NAME not in texts[::2]:
        return f"it has no label {NAME}"
    series.ClearField("labels_refs")
    series.ClearField("texts")
    series.texts.extend(texts)
    return _why_not_histograms(series.histograms) if series.histograms else ""


def _why_not_histograms(histograms: Any) -> str:
    """A native histogram names its buckets by runs, so that a few bytes could stand for any number of them."""
    for each in histograms:
        custom = each.schema == CUSTOM_BUCKETS
        if not custom and not LOWEST_SCHEMA <= each.schema <= HIGHEST_SCHEMA:
            return f"a native histogram has the unknown schema {each.schema}"
        sides = (
            (each.positive_spans, each.positive_counts or each.positive_deltas),
            (each.negative_spans, each.negative_counts or each.negative_deltas),
        )
        for spans, counts in sides:
            named = sum(span.length for span in spans)
            if named != len(counts):
                return f"a native histogram has {len(counts)} counts for {named} buckets"
            gaps = sum(span.offset for span in spans if span.offset > 0)
            first = spans[0].offset if spans and not custom and spans[0].offset > 0 else 0
            if named + gaps - first > MOST_BUCKETS or len(each.custom_values) > MOST_BUCKETS:
                return f"a native histogram has more than {MOST_BUCKETS} buckets"
    return ""
