"""Where a trace's failure began: one span, and a sentence that says why it is that one. Pure.

Every span is judged by its own words (telemetry/outcome.py). From the first request downwards a failure is explained by
a child that failed in time: an error by an error, a refusal or a limit; of several the last, since a service goes on
until one fails it. What succeeded explains nothing above it: a retry or a fallback made that good. The deepest failure
that no child explains is the origin: an application's own, a proxy's own refusal (a flag stands only at the proxy where
it arose), or the timeout that cut a callee who was well (envoy-real.md §3.2: its `DC` is no failure of its own)."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.outcome import ERROR_STATUS, Outcome, classify
from telemetry.span import ERROR, Span, Trace
from telemetry.traces.cause import cause
from telemetry.traces.telling import Telling
from telemetry.traces.tree import children_of, top_down

_WEIGHT = {
    Outcome.ERROR: 3,
    Outcome.DENIED: 2,
    Outcome.THROTTLED: 2,
    Outcome.CLIENT_ERROR: 1,
    Outcome.CANCELLED: 0,
}
_SLACK_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class Origin:
    """The index of the span, and the sentence."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """What is wrong in a subtree as seen from its top: where it began, and how much it weighs."""

    began: int
    weight: int


def origin(trace: Trace) -> Origin | None:
    """None if nothing failed that matters: an error that a later answer made good counts, its sentence says so."""
    children = children_of(trace.parents)
    failures = _failures(trace, children)
    found = failures[trace.root]
    good = False
    if found is None:
        found, good = _elsewhere(trace, failures)
    if found is None:
        return None
    text = cause(Telling(trace, children), found.began, _above(trace, found.began))
    return Origin(found.began, f"{text}; the request itself did not fail" if good else text)


def judge(span: Span) -> Outcome | None:
    """How the request of a span ended by its own words; None if it says nothing."""
    if span.role == "local":
        return Outcome.ERROR if span.status == ERROR else None
    plain = not span.flags and span.grpc is None and span.status != ERROR
    if plain and not span.code:
        return None if span.status == "unset" else Outcome.OK
    if plain and span.code and span.code < 400:
        return Outcome.OK
    grpc = -1 if span.grpc is None else span.grpc
    status = ERROR_STATUS if span.status == ERROR else 0
    side = "client" if span.role in ("out", "send") else "server"
    return classify(span.code or 0, grpc, ",".join(span.flags), status, "client" if side == "client" else "server")


def _failures(trace: Trace, children: Sequence[Sequence[int]]) -> list[_Failure | None]:
    failures: list[_Failure | None] = [None] * len(trace.spans)
    for index in reversed(top_down(trace.parents, children)):
        outcome = judge(trace.spans[index])
        if outcome is Outcome.OK:
            continue
        weight = None if outcome is None else _WEIGHT[outcome]
        failures[index] = _failure(trace, index, weight, children[index], failures)
    return failures


def _failure(
    trace: Trace, index: int, weight: int | None, children: Sequence[int], failures: Sequence[_Failure | None]
) -> _Failure | None:
    span, end = trace.spans[index], _end(trace, index)
    best: tuple[tuple[int, bool, int], _Failure] | None = None
    for child in children:
        below = failures[child]
        if below is None or not _explains(below, weight) or _is_try(trace.spans[child], span, below.began == child):
            continue
        # What began after this had ended, or came of its being cut, did not make it fail.
        if trace.starts_ns[child] > end + _SLACK_NS or (weight == 0 and _end(trace, below.began) > end - _SLACK_NS):
            continue
        ended = _end(trace, child)
        rank = (below.weight, trace.spans[child].code == span.code, ended)
        if best is None or rank > best[0]:
            best = rank, below
    if best is not None:
        return best[1] if weight is None else _Failure(best[1].began, max(weight, best[1].weight))
    return None if weight is None else _Failure(index, weight)


def _is_try(child: Span, span: Span, own: bool) -> bool:
    """A proxy's try of its own call that says less than the call does (envoy-real.md §3.2, below the table)."""
    return own and child.proxy and span.proxy and child.node == span.node and child.role == "out" and not child.code


def _end(trace: Trace, index: int) -> int:
    return trace.starts_ns[index] + trace.spans[index].duration_ns


def _explains(below: _Failure, weight: int | None) -> bool:
    """An error is explained by an error, a denial or a limit, and by a client's fault for want of those; what was
    cancelled only by what had failed before."""
    if weight is None:
        return True
    return below.weight >= 2 if weight == 0 else below.weight >= 1


def _elsewhere(trace: Trace, failures: Sequence[_Failure | None]) -> tuple[_Failure | None, bool]:
    """The worst, then the earliest failure that did not reach the root, and whether it was made good."""
    best: tuple[tuple[int, bool], _Failure] | None = None
    for index, failure in enumerate(failures):
        parent = trace.parents[index]
        if failure is None or (parent is not None and failures[parent] is not None):
            continue
        apart = parent is None
        if failure.weight < 2 and not apart:
            continue
        rank = (failure.weight, apart)
        if best is None or rank > best[0]:
            best = rank, failure
    return (None, False) if best is None else (best[1], not best[0][1])


def _above(trace: Trace, index: int) -> list[int]:
    """The spans between the origin and the top, the nearest first."""
    found: list[int] = []
    at = trace.parents[index]
    while at is not None:
        found.append(at)
        at = trace.parents[at]
    return found
