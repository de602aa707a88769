"""An expression as a test of any kind of thing in memory: who has the things says how each field of them is read."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from telemetry.expression.fields import pattern
from telemetry.expression.parse import Mistake
from telemetry.expression.tree import And, Comparison, Expression, Not, Value

T = TypeVar("T")
Scalar = str | float
Read = Callable[[T], "Scalar | Sequence[str] | None"]
"""A field of a thing: None where it has none; of several texts one is enough."""

_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def predicate(tree: Expression, fields: Mapping[str, Read[T]]) -> Callable[[T], bool]:
    """Whether `tree` holds for a thing. `!=` and `!~` are exactly `not`: a thing without the field differs.

    Raises Mistake for a field that is not among `fields`, or a value that cannot be compared."""
    if isinstance(tree, Comparison):
        return _comparison(tree, fields)
    if isinstance(tree, Not):
        part = predicate(tree.part, fields)
        return lambda thing: not part(thing)
    parts = [predicate(each, fields) for each in tree.parts]
    if isinstance(tree, And):
        return lambda thing: all(part(thing) for part in parts)
    return lambda thing: any(part(thing) for part in parts)


def _comparison(each: Comparison, fields: Mapping[str, Read[T]]) -> Callable[[T], bool]:
    read = None if each.name.quoted else fields.get(each.name.text)
    if read is None:
        raise Mistake(each.at, f"one of {', '.join(fields)}", repr(each.name.text[:20]))
    tests = [_test(each, value) for value in each.values]
    negated = each.operator in ("!=", "!~")

    def holds(thing: T) -> bool:
        found = read(thing)
        return any(test(one) for one in _each(found) for test in tests) != negated

    return holds


def _each(found: Scalar | Sequence[str] | None) -> Sequence[Scalar]:
    if found is None:
        return ()
    return (found,) if isinstance(found, str | int | float) else found


def _test(each: Comparison, value: Value) -> Callable[[Scalar], bool]:
    if each.operator in ("~", "!~"):
        search = _searched(value)
        return lambda found: search(_text(found))
    number = value.number
    if each.operator in _ORDER:
        compare = _ORDER[each.operator]
        if number is None:
            raise Mistake(value.at, f"a number after {each.operator}", repr(value.text[:20]))
        return lambda found: isinstance(found, int | float) and compare(found, number.value)
    if number is None:
        return lambda found: _text(found) == value.text
    return lambda found: found == (number.value if isinstance(found, int | float) else value.text)


def _searched(value: Value) -> Callable[[str], bool]:
    try:
        compiled = pattern(value.text)
    except ValueError as error:
        raise Mistake(value.at, "a regular expression (RE2)", f"{value.text[:40]!r}: {error}") from None
    return lambda text: compiled.search(text) is not None


def _text(found: Scalar) -> str:
    return found if isinstance(found, str) else f"{found:g}"
