"""One truth of what several say of the same requests: one counts, the others add what it does not know (DESIGN.md §2,
decision 9; rules.md, Evidence). What counts in each bucket was chosen when the rows were read; here the rows of a pair
become one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from telemetry.signals import Counts
from telemetry.sums import added

SPANS_RANK = 90
_LOGS_RANK = 40
_STATS_RANKS = range(50, 60)
# So close to the number of requests, spans are a whole and no sample: their latency is finer than whole milliseconds.
_FULLY_SAMPLED = 0.9


@dataclass(frozen=True, slots=True)
class Said:
    """What one dialect says of one pair and protocol over a window. `counts`: it is what counts there. `rank`: the
    lower is the better evidence."""

    rank: int
    counts: bool
    protocol: str
    numbers: Counts
    callee: Counts = field(default_factory=Counts)

    @property
    def word(self) -> str:
        """What `evidence` calls it: `metrics` that a proxy or SDK keeps by request, `logs`, `stats` of Envoy's
        clusters, `spans`."""
        if self.rank == SPANS_RANK:
            return "spans"
        if self.rank == _LOGS_RANK:
            return "logs"
        return "stats" if self.rank in _STATS_RANKS else "metrics"


@dataclass(frozen=True, slots=True)
class Truth:
    """`evidence`: words, first the one that counted. `protocols`: that with most requests first, TCP only if alone."""

    counts: Counts
    callee: Counts
    evidence: tuple[str, ...]
    protocols: tuple[str, ...]


def truth(said: Sequence[Said]) -> Truth:
    """Of the rows of one pair or node, at least one. Requests, failures and codes are only those that count; flags,
    latency, mTLS, attempts and saturation come from the best row that knows them."""
    if len(said) == 1:
        return Truth(said[0].numbers, said[0].callee, (said[0].word,), (said[0].protocol,))
    ranked = sorted(said, key=lambda one: (not one.counts, one.rank))
    counting = [one for one in ranked if one.counts]
    total = added(one.numbers for one in counting) if counting else Counts()
    callee = added(one.callee for one in counting) if counting else Counts()
    if len(counting) < len(said) or len({one.rank for one in said}) > 1:
        total = _completed(total, ranked)
        callee = callee if callee.requests else _first_callee(ranked)
    return Truth(total, callee, tuple(dict.fromkeys(one.word for one in ranked)), _protocols(counting or ranked))


def _protocols(said: Iterable[Said]) -> tuple[str, ...]:
    requests: dict[str, float] = {}
    for one in said:
        requests[one.protocol] = requests.get(one.protocol, 0) + one.numbers.requests
    return tuple(sorted(requests, key=lambda name: (name == "tcp", -requests[name], name)))


def _completed(total: Counts, ranked: Sequence[Said]) -> Counts:
    """`total` with what its own evidence leaves open. Rows of one rank, here of other protocols, speak together."""
    by_rank = _by_rank(ranked)
    told = next((n for n in by_rank.values() if n.mutual_tls is not None), None)
    tries = next((n for n in by_rank.values() if n.attempts is not None and n.requests), None)
    return replace(
        total,
        codes=total.codes or next((n.codes for n in by_rank.values() if n.codes), {}),
        flags=total.flags or next((n.flags for n in by_rank.values() if n.flags), {}),
        latency=_latency(total, by_rank),
        mutual_tls=total.mutual_tls if told is None or total.mutual_tls is not None else told.mutual_tls,
        reached=total.reached if told is None or total.mutual_tls is not None else told.reached,
        attempts=_attempts(total, tries),
        saturation=_most(n.saturation for n in by_rank.values()),
        ejected=_most(n.ejected for n in by_rank.values()),
    )


def _by_rank(ranked: Sequence[Said]) -> Mapping[int, Counts]:
    ranks = dict.fromkeys(one.rank for one in ranked)
    return {rank: added(one.numbers for one in ranked if one.rank == rank) for rank in ranks}


def _latency(total: Counts, by_rank: Mapping[int, Counts]) -> Mapping[int, float]:
    """Histograms that stand for requests, then spans if all are there, then logs (whole ms), then Envoy's cluster
    histogram, which leaves out what timed out (envoy-real.md §4.3)."""
    spans = by_rank.get(SPANS_RANK, Counts())
    whole = spans.requests >= _FULLY_SAMPLED * total.requests

    def finest(rank: int) -> tuple[int, int]:
        return 0 if rank < _LOGS_RANK else 1 if rank == SPANS_RANK and whole else 2, rank

    return next((by_rank[rank].latency for rank in sorted(by_rank, key=finest) if by_rank[rank].latency), {})


def _attempts(total: Counts, tries: Counts | None) -> float | None:
    if total.attempts is not None or tries is None or tries.attempts is None:
        return total.attempts
    return tries.attempts / tries.requests * total.requests


def _most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _first_callee(ranked: Sequence[Said]) -> Counts:
    return next((one.callee for one in ranked if one.callee.requests), Counts())
