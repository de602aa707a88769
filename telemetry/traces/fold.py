"""Proxies folded into the call they carried, so that a waterfall shows services and not plumbing. Pure.

A proxy before its own application folds into that application's span: outbound below the client's, inbound above the
server's. A proxy that carried a call for an application without spans folds into whoever received the call. Attempts
fold into the call they are tries of. A proxy that is all that is known of its service, or of a call that got nowhere,
stays: no service and no request disappears by folding."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.span import Trace
from telemetry.traces.tree import ENTERS, children_of, top_down


def folded_into(trace: Trace) -> list[int | None]:
    """The index of the span that each folds into, None if it stays. Who is folded into stays itself."""
    return _Fold(trace).targets()


@dataclass(frozen=True, slots=True)
class _Answer:
    """How many ways the calls below a proxy's went, and who is shown for their last receiver; None: it got nowhere."""

    ways: int
    receiver: int | None

    @property
    def only(self) -> int | None:
        return self.receiver if self.ways == 1 else None


class _Fold:
    def __init__(self, trace: Trace) -> None:
        self._spans = trace.spans
        self._parents = trace.parents
        self._children = children_of(trace.parents)
        self._order = top_down(trace.parents, self._children)
        self._carries = [span.proxy and span.role in ("out", "relay") for span in trace.spans]
        self._shown = list(range(len(trace.spans)))
        """Who is shown for each span that is no call."""

    def targets(self) -> list[int | None]:
        answers = self._answers()
        into: list[int | None] = [None if shown == index else shown for index, shown in enumerate(self._shown)]
        callers: list[int | None] = [None] * len(into)
        tops = list(range(len(into)))
        for index in self._order:
            if not self._carries[index]:
                continue
            parent = self._parents[index]
            callers[index] = None if parent is None else self._caller(index, parent, callers)
            if parent is not None and self._carries[parent] and self._own(index, parent):
                tops[index] = tops[parent]
            into[index] = self._target(index, callers[index], answers[index].only)
            if into[index] is None and tops[index] != index:
                top = tops[index]
                into[index] = top if into[top] is None else into[top]
        return into

    def _own(self, one: int, other: int) -> bool:
        return self._spans[one].node == self._spans[other].node

    def _answers(self) -> dict[int, _Answer]:
        """Of each call that a proxy carried; finds on the way who is shown for each inbound proxy."""
        answers: dict[int, _Answer] = {}
        for index in reversed(self._order):
            if self._carries[index]:
                answers[index] = self._answer(index, answers)
            elif self._spans[index].proxy and self._spans[index].role == "in":
                self._shown[index] = self._served(index)
        return answers

    def _answer(self, index: int, answers: dict[int, _Answer]) -> _Answer:
        ways, receiver = 0, None
        for child in self._children[index]:
            if self._carries[child]:
                below = answers[child]
            elif not self._own(child, index) or self._spans[child].instance != self._spans[index].instance:
                below = _Answer(1, self._shown[child])
            else:
                continue
            ways, receiver = ways + below.ways, below.receiver
        return _Answer(ways, receiver) if ways else _Answer(1, None)

    def _served(self, index: int) -> int:
        """Its application's only span below, or that of the next inbound proxy of its own; else it is shown itself."""
        below = [child for child in self._children[index] if self._own(child, index) and self._takes(child)]
        return self._shown[below[0]] if len(below) == 1 else index

    def _takes(self, child: int) -> bool:
        span = self._spans[child]
        return span.role in ENTERS or (span.role == "local" and not span.proxy)

    def _caller(self, index: int, parent: int, callers: Sequence[int | None]) -> int | None:
        """The application's own span of the call that this proxy carried on."""
        relayed = "relay" in (self._spans[index].role, self._spans[parent].role)
        if not (relayed or self._own(index, parent)):
            return None
        if self._carries[parent]:
            return callers[parent]
        return parent if self._spans[parent].role == "out" else None

    def _target(self, index: int, caller: int | None, receiver: int | None) -> int | None:
        first, second = (receiver, caller) if self._spans[index].role == "relay" else (caller, receiver)
        return second if first is None else first
