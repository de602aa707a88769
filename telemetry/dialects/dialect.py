"""What a dialect declares itself with: which metrics count what, and which labels say it.

Data only: the engine interprets it (telemetry/rollup/readings.sql), so that a dialect has neither SQL nor code of its
own. For users: docs/senders/metrics.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["", "client", "server", "relay"]
Measure = Literal[
    "requests",  # a counter of requests, by code, gRPC status, flags and TLS of its labels
    "classes",  # the same by the first digit of the code only; counts where nobody counts by code
    "completed",  # the same without any code; counts where nobody counts by class
    "statuses",  # the same by gRPC status; says how the requests of its cluster ended
    "latency",  # a histogram of durations beside a counter of the same requests
    "calls",  # a histogram of durations that also is the only count of its requests
    "attempts",  # a counter of tries: requests and their retries
    "retries",  # a counter of tries beyond the first
    "retry_success",  # a counter of retries that ended well
    "flagged",  # a counter of requests that ended with certain flags; the requests are counted elsewhere
    "denied",  # a counter of requests refused by a policy that no other counter has
    "request_bytes",  # sizes, as a histogram's sum or a counter
    "response_bytes",
    "bytes_in",  # TCP, received from the caller
    "bytes_out",  # TCP, sent back to the caller
    "connections",  # a counter of connections opened
    "connections_closed",  # a counter of connections closed, by flags
    "handshakes",  # a counter of TLS handshakes among the connections
    "connect_failed",  # a counter of connections that could not be made: of TCP, requests that failed with UF
    "http",  # counters that move for a cluster that speaks HTTP only, and for one that speaks HTTP/1
    "http1",
    "internal",  # a counter that moves for a proxy's own requests only
    "external",  # a counter that moves for requests of others only
    "active_cx",  # gauges of use, and of what is left of a limit: connections, requests, requests waiting
    "active_rq",
    "active_pending",
    "remaining_cx",
    "remaining_rq",
    "remaining_pending",
    "open_cx",  # gauges, 1 where a limit is reached
    "open_rq",
    "members",  # gauges: hosts, those in use, those held out by outlier detection
    "healthy",
    "unready",
    "ejected",
    "ejections",  # a counter of the latter
    "overflow",  # a counter of what a limit refused
    "limited",  # counters of a proxy's side towards its callers: refused for their rate, by class of code, gone away
    "entered",
    "left",
    "used",  # gauges of a pool of connections: in use, at most, waiting for one
    "size",
    "queued",
    "",  # known and not read: `why` says so
]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels in order of preference; the first that says something counts (`""`, `-` and `unknown` say nothing).

    `label:how` reads a part: host, name, service, account, account_ns, pod, first, last, last_pod, svc, svc_ns, mutual,
    unnamed (telemetry/engine/migrations/0015_readings.sql:meshui_read says what each is). Dots are underscores. `words`
    translates what was found; what it does not name then says nothing."""

    of: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)


def labels(*of: str, **words: str) -> Labels:
    """`labels("reporter", source="client")`: the label `reporter`, whose word `source` means `client`."""
    return Labels(of, words)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by name: dots are underscores, `_total` and the prefixes and suffixes of exporters are left out.

    `group`: a statistic of Envoy's inside `cluster.<name>.` or `http.<prefix>.`. `side`: who measured, where no label
    says it. `unit_ms`: factor to ms. `only`: values that labels must have; none given: any value. `needs`, `unless`:
    another metric that the same sender must (not) send. `swapped`: the labels of the two ends are exchanged. `why`: the
    sentence for a metric that is known and not read."""

    name: str
    measure: Measure = ""
    group: Literal["", "cluster", "http"] = ""
    side: Side = ""
    unit_ms: float = 1.0
    protocol: str = ""
    code: int = 0
    flags: str = ""
    arrived: int = -1
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: str = ""
    unless: str = ""
    swapped: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One sender's way to say things.

    `rank`: of two dialects that speak of a pair the lower counts (rules.md, Evidence). `word`: what `evidence` calls
    it. `marks`: of these labels one must be there. `own`: values of labels that show a sender's own traffic. `side`:
    who measured. `fields`: what the labels say on either side; `client`, `server`, `relay`: on that side, before
    `fields`. `by_cluster`: facts are of a proxy's clusters, taken together (telemetry/rollup/said_stats.sql)."""

    name: str
    rank: int
    word: Literal["metrics", "stats"]
    metrics: tuple[Metric, ...]
    fields: Mapping[str, Labels]
    side: Labels = Labels(())
    client: Mapping[str, Labels] = field(default_factory=dict)
    server: Mapping[str, Labels] = field(default_factory=dict)
    relay: Mapping[str, Labels] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_cluster: bool = False

    def said_by(self, side: str) -> Mapping[str, Labels]:
        """The fields as one side gives them."""
        return {**self.fields, **{"client": self.client, "server": self.server, "relay": self.relay}[side]}
