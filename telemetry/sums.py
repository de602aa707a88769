"""Counts of several added up: of one pair's protocols, of services shown together. Unknown only where all are."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from telemetry.histogram import merge
from telemetry.signals import Counts


def added(parts: Iterable[Counts]) -> Counts:
    """The sum of counts; unknown only where all are."""
    total, *others = parts
    for other in others:
        total = _sum(total, other)
    return total


def _sum(one: Counts, other: Counts) -> Counts:
    return replace(
        one,
        requests=one.requests + other.requests,
        failures=one.failures + other.failures,
        cancelled=one.cancelled + other.cancelled,
        client_errors=one.client_errors + other.client_errors,
        denied=one.denied + other.denied,
        attempts=_known(one.attempts, other.attempts),
        codes=_merged(one.codes, other.codes),
        flags=_merged(one.flags, other.flags),
        latency=merge([one.latency, other.latency]),
        mutual_tls=_known(one.mutual_tls, other.mutual_tls),
        reached=_known(one.reached, other.reached),
        bytes_in=_known(one.bytes_in, other.bytes_in),
        bytes_out=_known(one.bytes_out, other.bytes_out),
        connections=_known(one.connections, other.connections),
    )


def _known(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other


def _merged(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
