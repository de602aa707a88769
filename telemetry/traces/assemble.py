"""A trace from its spans: parents found, clocks corrected, own time worked out, and all that is odd said. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from telemetry.health.words import listed, milliseconds
from telemetry.span import Record, Span, Trace, TraceWarning
from telemetry.traces.skew import Moved, corrections
from telemetry.traces.tree import Known, break_cycles, children_of, find_parents, self_times, settle_roles, top_down

_CLOCKS_SAID = 3


def assemble(trace_id: str, spans: Sequence[Span], *, cut: bool = False, records: Sequence[Record] = ()) -> Trace:
    """A Trace of at least one span, in any order. `cut`: there are more; `records` are of spans that are not here."""
    sent = sorted(spans, key=lambda span: (span.start_ns, span.span_id, span.role, span.node))
    parents = find_parents(sent)
    cycles = break_cycles(parents)
    roles = settle_roles(sent, parents, top_down(parents, children_of(parents)))
    sent = [span if span.role == role else replace(span, role=role) for span, role in zip(sent, roles, strict=True)]
    moves, moved = corrections(sent, parents, roles, _root(sent, parents))
    warnings = tuple(_warnings(sent, parents, cycles, moved, cut=cut))
    starts = [span.start_ns + move for span, move in zip(sent, moves, strict=True)]
    if moved:
        sent, parents, starts = _in_order(sent, parents, starts)
    own = self_times(starts, [span.duration_ns for span in sent], parents)
    root = _root(sent, parents)
    return Trace(trace_id, tuple(sent), tuple(parents), tuple(starts), tuple(own), root, warnings, tuple(records))


def _in_order(
    spans: Sequence[Span], parents: Known, starts: Sequence[int]
) -> tuple[list[Span], list[int | None], list[int]]:
    """The same in order of their corrected start."""
    order = sorted(range(len(spans)), key=starts.__getitem__)
    place = [0] * len(spans)
    for position, index in enumerate(order):
        place[index] = position
    moved = [parents[index] for index in order]
    return (
        [spans[index] for index in order],
        [None if parent is None else place[parent] for parent in moved],
        [starts[index] for index in order],
    )


def _root(spans: Sequence[Span], parents: Known) -> int:
    """The first span that says it has no parent; if none does, the first whose parent is not here."""
    tops = [index for index, parent in enumerate(parents) if parent is None]
    return next((index for index in tops if spans[index].parent_id is None), tops[0])


def _warnings(
    spans: Sequence[Span], parents: Known, cycles: list[int], moved: Sequence[Moved], *, cut: bool
) -> Iterator[TraceWarning]:
    broken = set(cycles)
    tops = [index for index, parent in enumerate(parents) if parent is None and index not in broken]
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
    if moved:
        yield TraceWarning("clock_skew", _clocks(moved))


def _clocks(moved: Sequence[Moved]) -> str:
    """Which clocks were moved by how much: those with most spans, and how many more."""
    said = [
        f"{one.node}{f' ({one.instance})' if one.instance else ''} by {'+' if one.ns > 0 else '−'}"
        f"{milliseconds(abs(one.ns) / 1e6)}"
        for one in moved[:_CLOCKS_SAID]
    ]
    if len(said) == 1:
        return f"The clock of {said[0].replace(' by ', ' was moved by ')} to fit its callers."
    if len(moved) > len(said):
        said.append(f"{len(moved) - len(said):,} more")
    return f"Clocks were moved to fit their callers: {listed(said)}."


def _number(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"
