"""Counts of several added up: of one pair's protocols, of services shown together. Unknown only where all are."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from telemetry.histogram import merge
from telemetry.observed import VersionShare
from telemetry.signals import Counts


def added(parts: Iterable[Counts]) -> Counts:
    """The sum of counts; unknown only where all are. Of what is a level, not a count, the worst."""
    total, *others = parts
    for other in others:
        total = _sum(total, other)
    return total


def added_shares(parts: Iterable[Iterable[VersionShare]]) -> tuple[VersionShare, ...]:
    """What several edges to one service say of its versions, in order of names."""
    totals: dict[str, VersionShare] = {}
    for share in (share for shares in parts for share in shares):
        before = totals.get(share.version, VersionShare(share.version, 0.0, 0.0))
        totals[share.version] = VersionShare(
            share.version, before.requests + share.requests, before.failures + share.failures
        )
    return tuple(totals[version] for version in sorted(totals))


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
        saturation=_worst(one.saturation, other.saturation),
        retry_success=_known(one.retry_success, other.retry_success),
        ejected=_worst(one.ejected, other.ejected),
    )


def _known(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other


def _worst(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)


def _merged(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
