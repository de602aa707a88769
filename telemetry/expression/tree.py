"""An expression as a tree of values, and as text again: `parse(text(tree)) == tree` for every tree that parses.

Where a part stood in its text (`at`) is kept for the mistakes of whoever reads on, and is no part of what it means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~", "!~", "in"]

_NUMBER = re.compile(r"(-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?)(ms|s|m|h|%|k|M)?", re.ASCII)
_FACTORS = {None: 1.0, "ms": 1.0, "s": 1e3, "m": 60e3, "h": 3600e3, "%": 0.01, "k": 1e3, "M": 1e6}
_TIMES = frozenset({"ms", "s", "m", "h"})


class Number(NamedTuple):
    """`value` in ms where the unit is one of time, 0..1 for a percentage; `time`: whether it has a unit of time."""

    value: float
    time: bool
    unit: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A field. A quoted one is always an attribute, also where a field of ours is called the same."""

    text: str
    quoted: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Value:
    """As it was written, without quotes. Quoted it is text; bare it may be a number besides."""

    text: str
    quoted: bool = False
    at: int = field(default=0, compare=False)

    @property
    def number(self) -> Number | None:
        """What it counts, None if it is text."""
        match = None if self.quoted else _NUMBER.fullmatch(self.text)
        if match is None:
            return None
        return Number(float(match[1]) * _FACTORS[match[2]], match[2] in _TIMES, match[2] is not None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`values`: one, but for `in` one or more."""

    name: Name
    operator: Operator
    values: tuple[Value, ...]
    at: int = field(default=0, compare=False)

    @property
    def value(self) -> Value:
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """Two parts or more."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two parts or more."""

    parts: tuple["Expression", ...]


Expression = Comparison | Not | And | Or


def every(*parts: Expression | None) -> Expression | None:
    """All of those that are there, None if none is."""
    there = tuple(part for part in parts if part is not None)
    return And(there) if len(there) > 1 else there[0] if there else None


def comparisons(tree: Expression) -> Iterator[Comparison]:
    """Every comparison, from left to right."""
    left = [tree]
    while left:
        part = left.pop()
        if isinstance(part, Comparison):
            yield part
        else:
            left.extend((part.part,) if isinstance(part, Not) else reversed(part.parts))


def depth(tree: Expression) -> int:
    """How many parts lie within each other at most; 1 for a comparison. Without recursion: it guards recursion."""
    deepest, left = 0, [(tree, 1)]
    while left:
        part, level = left.pop()
        deepest = max(deepest, level)
        if isinstance(part, Not):
            left.append((part.part, level + 1))
        elif not isinstance(part, Comparison):
            left.extend((inner, level + 1) for inner in part.parts)
    return deepest


def text(tree: Expression) -> str:
    """The expression as a person writes it, with no more parentheses than it needs."""
    if isinstance(tree, Comparison):
        values = ", ".join(_written(value.text, quoted=value.quoted) for value in tree.values)
        shown = f"({values})" if tree.operator == "in" else values
        return f"{_written(tree.name.text, quoted=tree.name.quoted)} {tree.operator} {shown}"
    if isinstance(tree, Not):
        return f"not {_inner(tree.part)}"
    word = " and " if isinstance(tree, And) else " or "
    return word.join(_inner(part) for part in tree.parts)


def _inner(tree: Expression) -> str:
    return f"({text(tree)})" if isinstance(tree, And | Or) else text(tree)


def _written(raw: str, *, quoted: bool) -> str:
    if not quoted:
        return raw
    escaped = raw.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
