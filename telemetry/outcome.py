"""How a request ended and whose fault it was: classes of outcome, and every response flag of Envoy in a sentence.

The same classes in SQL: `meshui_class` of engine/migrations/0002_spans.sql; a property test holds the two equal.
Rules: mesh-telemetry.md §8.2 and §8.3, as corrected by envoy-real.md §3.2."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Side = Literal["client", "server"]
ERROR_STATUS = 2
"""A span's status when its code (OTLP's `status.code`) says ERROR."""


class Outcome(StrEnum):
    """Only ERROR counts in `error_ratio`; CANCELLED counts neither way."""

    OK = "ok"
    ERROR = "error"
    CLIENT_ERROR = "client_error"
    THROTTLED = "throttled"
    DENIED = "denied"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Flag:
    """What a response flag says: what happened, whose side, what to look at. `outcome` None: the code decides."""

    long: str
    happened: str
    fault: str
    look: str
    outcome: Outcome | None

    @property
    def sentence(self) -> str:
        return f"{self.happened} ({self.fault}). Look at {self.look}."


_E, _C, _T, _D, _X = Outcome.ERROR, Outcome.CLIENT_ERROR, Outcome.THROTTLED, Outcome.DENIED, Outcome.CANCELLED

FLAGS: dict[str, Flag] = {
    "UH": Flag(
        "NoHealthyUpstream",
        "No healthy host was left in the cluster",
        "the called side: all down or ejected",
        "the called service's pods and the outlier detection that ejects them",
        _E,
    ),
    "UF": Flag(
        "UpstreamConnectionFailure",
        "The connection to the called service could not be made",
        "the called side, the network, or TLS settings that differ",
        "whether it listens, and the TLS mode of both ends",
        _E,
    ),
    "UO": Flag(
        "UpstreamOverflow",
        "The circuit breaker was full",
        "saturation of the called side at the caller's limit",
        "connections, pending requests and retries against the breaker's limits",
        _E,
    ),
    "UC": Flag(
        "UpstreamConnectionTermination",
        "The called service closed the connection in the middle of a request",
        "the called side",
        "crashes, restarts and its keep-alive timeout; a plaintext call to an mTLS server looks alike",
        _E,
    ),
    "UR": Flag(
        "UpstreamRemoteReset", "The called service reset the stream", "the called side", "its logs at that time", _E
    ),
    "LR": Flag(
        "LocalReset",
        "This proxy reset the stream to the called service",
        "the proxy or its configuration",
        "the proxy's filters and limits",
        _E,
    ),
    "UT": Flag(
        "UpstreamRequestTimeout",
        "No answer came within the route's timeout",
        "the called side is slow",
        "its latency, and the timeout of the route",
        _E,
    ),
    "URX": Flag(
        "UpstreamRetryLimitExceeded",
        "All retries (HTTP) or connection attempts (TCP) were used up",
        "the called side",
        "the outcome of each attempt, and whether retries multiply the load",
        None,
    ),
    "UMSDR": Flag(
        "UpstreamMaxStreamDurationReached",
        "The stream lasted longer than allowed",
        "the called side is slow",
        "the maximum stream duration of the route",
        _E,
    ),
    "UPE": Flag(
        "UpstreamProtocolError",
        "The called service broke the HTTP protocol",
        "the called side",
        "the protocol its port is declared to speak",
        _E,
    ),
    "LH": Flag(
        "FailedLocalHealthCheck",
        "The service's own health check fails",
        "the service itself",
        "its health endpoint",
        _E,
    ),
    "DF": Flag(
        "DnsResolutionFailed",
        "The name could not be resolved",
        "DNS, or a name that does not exist",
        "the host name and the resolver",
        _E,
    ),
    "NC": Flag(
        "NoClusterFound",
        "The route names a cluster that does not exist",
        "the mesh's configuration",
        "the route's destination and whether its subset is defined",
        _E,
    ),
    "NFCF": Flag(
        "NoFilterConfigFound",
        "A filter's configuration never arrived",
        "the mesh's configuration",
        "the control plane",
        _E,
    ),
    "DO": Flag(
        "DropOverload",
        "The call was dropped because of reported load",
        "saturation of the called side",
        "the drop policy and the load reports",
        _E,
    ),
    "OM": Flag(
        "OverloadManagerTerminated",
        "The proxy itself was out of memory or connections",
        "this proxy",
        "the proxy's memory, connections and overload settings",
        _E,
    ),
    "RLSE": Flag(
        "RateLimitServiceError",
        "The rate limit service failed and the proxy refuses then",
        "the rate limit service",
        "the rate limit service's health",
        _E,
    ),
    "NR": Flag(
        "NoRouteFound",
        "No route (HTTP) or no filter chain (TCP) matches",
        "the caller or the configuration; scanners at a gateway",
        "the host and path asked for, and the routes",
        None,
    ),
    "RL": Flag(
        "RateLimited",
        "A rate limit refused the call",
        "the caller asks too often",
        "the limit and the caller's traffic",
        _T,
    ),
    "UAEX": Flag(
        "UnauthorizedExternalService",
        "The external authorizer refused the call",
        "the caller has no right",
        "the authorizer's decision for this caller",
        _D,
    ),
    "FI": Flag(
        "FaultInjected", "A fault was injected on purpose", "an experiment", "the route's fault injection", None
    ),
    "DI": Flag(
        "DelayInjected", "A delay was injected on purpose", "an experiment", "the route's fault injection", None
    ),
    "DC": Flag(
        "DownstreamConnectionTermination",
        "The caller went away before the answer",
        "the caller, perhaps by its timeout",
        "the caller's timeout, and the latency here",
        _X,
    ),
    "DR": Flag(
        "DownstreamRemoteReset",
        "The caller reset the stream",
        "the caller",
        "the caller's timeout, and the latency here",
        _X,
    ),
    "DPE": Flag(
        "DownstreamProtocolError", "The caller broke the HTTP protocol", "the caller", "what the caller sends", _C
    ),
    "IH": Flag(
        "InvalidEnvoyRequestHeaders",
        "A strictly checked header was invalid",
        "the caller",
        "the x-envoy- headers of the request",
        _C,
    ),
    "SI": Flag(
        "StreamIdleTimeout",
        "The stream was idle for too long",
        "either side",
        "the idle timeout, and who fell silent",
        None,
    ),
    "DT": Flag(
        "DurationTimeout",
        "A connection or request lasted longer than allowed",
        "a policy",
        "the maximum durations configured",
        None,
    ),
    "RFCF": Flag("ResponseFromCacheFilter", "The answer came from the proxy's cache", "nobody", "nothing", None),
}

_GRPC = {0: Outcome.OK, 1: _X, 3: _C, 5: _C, 6: _C, 9: _C, 10: _C, 11: _C, 7: _D, 16: _D, 8: _T}
"""By gRPC status; any other is an error."""


def classify(code: int, grpc: int, flags: str, status: int | None, side: Side, *, protocol: str = "") -> Outcome:
    """The class of one request. `code` 0 and `grpc` −1: none; `flags` joined by `,`; `side`: who measured.

    `status` is a span's. None is a sender that has none (a metric point, an access log) but writes a code whenever
    there was an answer: without code and flag its request failed, unless `protocol` is tcp."""
    raised = set(flags.split(",")) if flags else set()
    if raised & {"DC", "DR"} and code in (0, 499):
        return Outcome.CANCELLED
    if any(FLAGS[flag].outcome is Outcome.ERROR for flag in raised & FLAGS.keys()):
        return Outcome.ERROR
    if "URX" in raised and (code == 0 or code >= 500):
        return Outcome.ERROR
    if "NR" in raised and side == "client":
        return Outcome.ERROR
    if grpc >= 0:
        return _by_grpc(grpc, raised)
    return _by_http(code, raised, status, side, protocol)


def _by_grpc(grpc: int, raised: set[str]) -> Outcome:
    # Envoy answers UNAVAILABLE for its own rate limit: the flag knows better than the status.
    if grpc > 0 and "RL" in raised:
        return Outcome.THROTTLED
    if grpc > 0 and "UAEX" in raised:
        return Outcome.DENIED
    return _GRPC.get(grpc, Outcome.ERROR)


def _by_http(code: int, raised: set[str], status: int | None, side: Side, protocol: str) -> Outcome:
    if code >= 500:
        return Outcome.ERROR
    if code == 429 or "RL" in raised:
        return Outcome.THROTTLED
    if code in (401, 403) or "UAEX" in raised:
        return Outcome.DENIED
    if code == 499:
        return Outcome.CANCELLED
    if code >= 400 or raised & {"NR", "DPE", "IH"}:
        return Outcome.CLIENT_ERROR
    if status is None:
        failed = code == 0 and not raised and protocol != "tcp"
    else:
        # A client's ERROR beside an answer below 400 is its own view; without any answer it is a failed call.
        failed = status == ERROR_STATUS and (side == "server" or code == 0)
    return Outcome.ERROR if failed else Outcome.OK
