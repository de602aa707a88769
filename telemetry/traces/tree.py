"""Who is whose child in a trace: parents, cycles broken, the order from parents to children. Pure, without recursion,
linear in the number of spans whatever they claim."""

from collections.abc import Iterator, Sequence

from telemetry.span import Span

ENTERS = frozenset({"in", "process", "receive"})
Parents = list[int | None]
Known = Sequence[int | None]
"""Parents that will not change: the index of each span's parent, None at the top."""


def find_parents(spans: Sequence[Span]) -> Parents:
    """The index of each span's parent, None at a root and where the parent is not here.

    An id may stand for two spans (Zipkin's shared ids): the one that enters is the child of the one that leaves, and
    others hang under the one that entered their own service, else under the one that left another."""
    named = _Named(spans)
    return [named.parent(index) for index in range(len(spans))]


class _Named:
    """Who has an id: of each kind the first two, since a span may be its own namesake."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._all: dict[str, list[int]] = {}
        self._left: dict[str, list[int]] = {}
        self._entered: dict[tuple[str, str], list[int]] = {}
        for index, span in enumerate(spans):
            _keep(self._all.setdefault(span.span_id, []), index)
            if span.role == "out":
                _keep(self._left.setdefault(span.span_id, []), index)
            elif span.role in ENTERS:
                _keep(self._entered.setdefault((span.span_id, span.node), []), index)

    def parent(self, index: int) -> int | None:
        span = self._spans[index]
        if span.role in ENTERS and (shared := self._left.get(span.span_id)):
            return shared[0]
        wanted = span.parent_id or ""
        candidates = self._all.get(wanted, [])
        if len(candidates) > 1:
            candidates = [
                *self._entered.get((wanted, span.node), ()),
                *self._left.get(wanted, ()),
                *candidates,
            ]
        return next((other for other in candidates if other != index), None)


def _keep(first_two: list[int], index: int) -> None:
    if len(first_two) < 2:
        first_two.append(index)


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


def children_of(parents: Known) -> list[list[int]]:
    """The children of each span, in order of their index."""
    children: list[list[int]] = [[] for _ in parents]
    for index, parent in enumerate(parents):
        if parent is not None:
            children[parent].append(index)
    return children


def top_down(parents: Known, children: Sequence[Sequence[int]]) -> list[int]:
    """Every span once, each after its parent; reversed, each after its children."""
    order = [index for index, parent in enumerate(parents) if parent is None]
    for index in order:  # grows while it is walked
        order.extend(children[index])
    return order


def settle_roles(spans: Sequence[Span], parents: Known, order: Sequence[int]) -> list[str]:
    """The role of each span; `auto` is decided by the nearest span of its owner above that is not: `out` below an
    `out`, else what a proxy's span above plays, else by kind (docs/decisions/003, item 1)."""
    roles = [span.role for span in spans]
    anchors: Parents = [None] * len(spans)
    for index in order:
        span, parent = spans[index], parents[index]
        if span.role != "auto":
            continue
        if parent is not None and spans[parent].node == span.node:
            anchors[index] = anchors[parent] if spans[parent].role == "auto" else parent
        roles[index] = _settled(span, anchors[index], spans)
    return roles


def _settled(span: Span, anchor: int | None, spans: Sequence[Span]) -> str:
    above = None if anchor is None else spans[anchor]
    entered = span.kind in ("server", "consumer")
    if above is not None and (above.role == "out" or (above.proxy and not entered)):
        return above.role
    if entered:
        return "in"
    return "out" if span.kind in ("client", "producer") else "local"


def self_times(starts: Sequence[int], durations: Sequence[int], parents: Known) -> list[int]:
    """ns of each span during which none of its children ran; of a child only what lies within its parent counts.

    Spans are in order of start."""
    left = list(durations)
    covered_until = list(starts)
    for index, parent in enumerate(parents):
        if parent is None:
            continue
        since = max(starts[index], covered_until[parent])
        until = min(starts[index] + durations[index], starts[parent] + durations[parent])
        if until > since:
            left[parent] -= until - since
            covered_until[parent] = until
    return left
