"""What is counted about calls, and the golden signals made of it. One vocabulary everywhere (api.md, Signals)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from telemetry.histogram import quantiles


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over a window, weighted by sampling. `None` where nothing says, which is not 0.

    `failures` is class error only; `client_errors` is client fault + throttled + denied; `latency` maps a scale-3 index
    of milliseconds to a count (telemetry/histogram.py); `mutual_tls` of `reached` calls were mutual TLS;
    `retry_success` requests ended well at a later attempt; `saturation` and `ejected` (of the hosts) are 0..1.
    """

    requests: float = 0.0
    failures: float = 0.0
    cancelled: float = 0.0
    client_errors: float = 0.0
    denied: float = 0.0
    attempts: float | None = None
    codes: Mapping[str, float] = field(default_factory=dict)
    flags: Mapping[str, float] = field(default_factory=dict)
    latency: Mapping[int, float] = field(default_factory=dict)
    mutual_tls: float | None = None
    reached: float | None = None
    bytes_in: float | None = None
    bytes_out: float | None = None
    connections: float | None = None
    saturation: float | None = None
    retry_success: float | None = None
    ejected: float | None = None

    @property
    def judged(self) -> float:
        """Requests that ended one way or the other: all but the cancelled."""
        return self.requests - self.cancelled


@dataclass(frozen=True, slots=True)
class Signals:
    """Each field is a name of api.md's vocabulary with its unit in the name; `None` is unknown."""

    rps: float | None = None
    error_ratio: float | None = None
    client_error_ratio: float | None = None
    p50_ms: float | None = None
    p90_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    saturation: float | None = None
    mtls_ratio: float | None = None
    denied_ratio: float | None = None
    retry_ratio: float | None = None
    bytes_in_per_s: float | None = None
    bytes_out_per_s: float | None = None
    connections_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a request was tried, and what that saved: ratios of the requests that ended one way or the other."""

    per_request: float
    success_first_try: float | None = None
    success_in_the_end: float | None = None


def attempts(counts: Counts) -> Attempts | None:
    """None where nothing says how often requests were tried. Success is all that is no error (outcome.py); it came at
    the first try unless a retry brought it, which is unknown without `retry_success`."""
    if counts.attempts is None or counts.requests <= 0:
        return None
    per_request = max(1.0, counts.attempts / counts.requests)
    if counts.judged <= 0:
        return Attempts(per_request)
    well = max(0.0, counts.judged - counts.failures)
    first = None if counts.retry_success is None else max(0.0, well - counts.retry_success) / counts.judged
    return Attempts(per_request, first, well / counts.judged)


def signals(counts: Counts, window_s: float) -> Signals:
    """The golden signals of `counts` over `window_s` seconds; ratios are `None` without a judged request."""

    def of_judged(part: float) -> float | None:
        return part / counts.judged if counts.judged > 0 else None

    def per_s(total: float | None) -> float | None:
        return None if total is None else total / window_s

    p50, p90, p95, p99 = quantiles(counts.latency, (0.5, 0.9, 0.95, 0.99))
    retries = None if counts.attempts is None or not counts.requests else counts.attempts / counts.requests - 1
    return Signals(
        rps=counts.requests / window_s,
        error_ratio=of_judged(counts.failures),
        client_error_ratio=of_judged(counts.client_errors),
        p50_ms=p50,
        p90_ms=p90,
        p95_ms=p95,
        p99_ms=p99,
        saturation=counts.saturation,
        mtls_ratio=None if counts.mutual_tls is None or not counts.reached else counts.mutual_tls / counts.reached,
        denied_ratio=of_judged(counts.denied),
        retry_ratio=None if retries is None else max(0.0, retries),
        bytes_in_per_s=per_s(counts.bytes_in),
        bytes_out_per_s=per_s(counts.bytes_out),
        connections_per_s=per_s(counts.connections),
    )
