"""Who is whose child in a trace, and what is left of each span without its children. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from telemetry.span import Span, Trace, TraceWarning

ENTERS = frozenset({"in", "process", "receive"})
Parents = list[int | None]


def assemble(trace_id: str, spans: Sequence[Span], *, cut: bool = False) -> Trace:
    """A Trace of at least one span, in any order. `cut`: there are more than these."""
    ordered = sorted(spans, key=lambda span: (span.start_ns, span.span_id, span.role, span.node))
    parents = find_parents(ordered)
    cycles = break_cycles(parents)
    return Trace(
        trace_id=trace_id,
        spans=tuple(ordered),
        parents=tuple(parents),
        self_ns=tuple(self_times(ordered, parents)),
        root=_root(ordered, parents),
        warnings=tuple(_warnings(ordered, parents, cycles, cut)),
    )


def find_parents(spans: Sequence[Span]) -> Parents:
    """The index of each span's parent, None at a root and where the parent is not here.

    An id may stand for two spans (Zipkin's shared ids): the one that enters is the child of the one that leaves, and
    others hang under the one that entered their own service, else under the one that left another."""
    by_id: dict[str, list[int]] = defaultdict(list)
    for index, span in enumerate(spans):
        by_id[span.span_id].append(index)
    return [_parent(index, spans, by_id) for index in range(len(spans))]


def _parent(index: int, spans: Sequence[Span], by_id: dict[str, list[int]]) -> int | None:
    span = spans[index]
    if span.role in ENTERS:
        shared = [other for other in by_id[span.span_id] if spans[other].role == "out"]
        if shared:
            return shared[0]
    named = [other for other in by_id.get(span.parent_id or "", ()) if other != index]
    if len(named) < 2:
        return named[0] if named else None
    entered = [other for other in named if spans[other].node == span.node and spans[other].role in ENTERS]
    left = [other for other in named if spans[other].role == "out"]
    return (entered or left or named)[0]


def break_cycles(parents: Parents) -> list[int]:
    """Make the first span of each cycle a root, in place; answers those spans."""
    broken: list[int] = []
    seen_from: Parents = [None] * len(parents)
    for start in range(len(parents)):
        at: int | None = start
        while at is not None and seen_from[at] is None:
            seen_from[at] = start
            at = parents[at]
        if at is not None and seen_from[at] == start:
            first = min(_around(at, parents))
            parents[first] = None
            broken.append(first)
    return broken


def _around(at: int, parents: Parents) -> Iterator[int]:
    yield at
    step = parents[at]
    while step is not None and step != at:
        yield step
        step = parents[step]


def self_times(spans: Sequence[Span], parents: Sequence[int | None]) -> list[int]:
    """ns of each span during which none of its children ran; of a child only what lies within its parent counts.

    `spans` are in order of start."""
    left = [span.duration_ns for span in spans]
    covered_until = [span.start_ns for span in spans]
    for span, parent in zip(spans, parents, strict=True):
        if parent is None:
            continue
        since = max(span.start_ns, covered_until[parent])
        until = min(span.end_ns, spans[parent].end_ns)
        if until > since:
            left[parent] -= until - since
            covered_until[parent] = until
    return left


def _root(spans: Sequence[Span], parents: Sequence[int | None]) -> int:
    tops = [index for index, parent in enumerate(parents) if parent is None]
    return next((index for index in tops if spans[index].parent_id is None), tops[0])


def _warnings(
    spans: Sequence[Span], parents: Sequence[int | None], cycles: list[int], cut: bool
) -> Iterator[TraceWarning]:
    tops = [index for index, parent in enumerate(parents) if parent is None and index not in cycles]
    roots = [index for index in tops if spans[index].parent_id is None]
    lost = len(tops) - len(roots)
    repeated = sum(span.copies > 1 for span in spans)
    if cut:
        yield TraceWarning(
            "incomplete", f"This trace has more spans than are shown; these are the first {len(spans):,}."
        )
    elif lost and not roots:
        yield TraceWarning("incomplete", "Where this trace began is not known: no span without a parent has arrived.")
    if lost:
        yield TraceWarning(
            "missing_parent", f"{_number(lost, 'span names', 'spans name')} a parent that has not arrived."
        )
    if len(roots) > 1:
        yield TraceWarning("several_roots", f"{len(roots):,} spans have no parent; the earliest is taken for the root.")
    if repeated:
        yield TraceWarning(
            "duplicate", f"{_number(repeated, 'span was', 'spans were')} sent more than once, shown once."
        )
    if cycles:
        yield TraceWarning(
            "cycle", f"{_number(len(cycles), 'span is its', 'spans are their')} own ancestor, shown as a root."
        )


def _number(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"
