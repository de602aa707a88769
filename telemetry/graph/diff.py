"""Two graphs compared: what is new, what is gone, what is not what it was. Who asks decides what counts as moved."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from telemetry.graph.element import Edge, Node
from telemetry.graph.snapshot import Graph

Moved = Callable[[Node | Edge, Node | Edge], bool]
Element = TypeVar("Element", Node, Edge)


@dataclass(frozen=True, slots=True)
class Changes(Generic[Element]):
    """In order of ids; `changed` holds (before, after). Elements that are the same are in none."""

    added: tuple[Element, ...]
    gone: tuple[Element, ...]
    changed: tuple[tuple[Element, Element], ...]


@dataclass(frozen=True, slots=True)
class Diff:
    nodes: Changes[Node]
    edges: Changes[Edge]


def diff(before: Graph, after: Graph, moved: Moved) -> Diff:
    """What `after` has that `before` had not, and the other way round; `moved` says of a pair whether it changed."""
    return Diff(_changes(before.nodes(), after.nodes(), moved), _changes(before.edges(), after.edges(), moved))


def _changes(before: Iterable[Element], after: Iterable[Element], moved: Moved) -> Changes[Element]:
    old = {element.id: element for element in before}
    new = {element.id: element for element in after}
    return Changes(
        added=tuple(new[key] for key in sorted(new.keys() - old.keys())),
        gone=tuple(old[key] for key in sorted(old.keys() - new.keys())),
        changed=tuple((old[key], new[key]) for key in sorted(old.keys() & new.keys()) if moved(old[key], new[key])),
    )
