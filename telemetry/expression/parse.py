"""Text into a tree, by the grammar in grammar.lark; a mistake says where it is and what was expected there.

lark, because what may come next is asked of it twice: for the words of a mistake, and for completion."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from telemetry.expression.tree import And, Comparison, Expression, Name, Not, Or, Value, depth

LONGEST = 4_000
DEEPEST = 60
"""Bounds on what is read at all: an expression is written by a person."""

WORDS = {
    "FIELD": "a field, like service or http.route",
    "OPERATOR": "an operator: = != < <= > >= ~ !~ or in",
    "WORD": "a value",
    "_NOT": "not",
    "_LPAR": "an opening parenthesis",
    "_RPAR": "a closing parenthesis",
    "_COMMA": "a comma",
    "_AND": "and",
    "_OR": "or",
    "$END": "the end",
}
"""What each terminal is called; those that are missing come with one that is here (`in` with the operators)."""


class Mistake(ValueError):
    """What is wrong with an expression: `at`, characters from its start, and what was `expected` there, in words."""

    def __init__(self, at: int, expected: str, found: str = "") -> None:
        super().__init__(f"position {at + 1}: expected {expected}" + (f", found {found}" if found else ""))
        self.at = at
        self.expected = expected


@cache
def grammar() -> Lark:
    """The parser, made when first used."""
    rules = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(rules, parser="lalr", lexer="contextual", transformer=_Tree())


def parse(text: str) -> Expression:
    """The tree of `text`. Raises Mistake, also for one that is too long or too deep to be meant."""
    if len(text) > LONGEST:
        raise Mistake(LONGEST, f"at most {LONGEST:,} characters")
    try:
        tree: Expression = grammar().parse(text)  # type: ignore[assignment]  # the transformer makes no lark tree
    except VisitError as error:
        if isinstance(error.orig_exc, Mistake):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _mistake(text, error) from None
    if depth(tree) > DEEPEST:
        raise Mistake(0, f"at most {DEEPEST} parts within each other")
    return tree


def in_words(terminals: Iterable[str]) -> str:
    """What may come, as a person reads it: the order of WORDS, each once."""
    shown = [words for terminal, words in WORDS.items() if terminal in set(terminals)]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _mistake(text: str, error: UnexpectedInput) -> Mistake:
    at = error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken):
        expected = in_words(error.accepts or error.expected)
        return Mistake(len(text), expected, "the end") if error.token.type == "$END" else _found(text, at, expected)
    if isinstance(error, UnexpectedCharacters) and text[at] != '"':
        return _found(text, at, in_words(error.allowed or ()))
    return Mistake(at, 'a " that ends what begins here')


def _found(text: str, at: int, expected: str) -> Mistake:
    return Mistake(at, expected, repr(text[at:].split(maxsplit=1)[0][:20]))


def _plain(token: Token) -> tuple[str, bool]:
    """The text of a token, and whether it was quoted. Only a quote and a backslash are escaped: `"\\d+"` is `\\d+`."""
    if token.type != "QUOTED":
        return str(token), False
    out, escaped = [], False
    for char in token[1:-1]:
        if escaped and char not in '"\\':
            out.append("\\")
        if escaped or char != "\\":
            out.append(char)
        escaped = char == "\\" and not escaped
    return "".join(out), True


class _Tree(Transformer[Token, Any]):
    """Each rule of the grammar as a value of tree.py."""

    def name(self, found: list[Token]) -> Name:
        text, quoted = _plain(found[0])
        return Name(text, quoted, found[0].start_pos or 0)

    def value(self, found: list[Token]) -> Value:
        text, quoted = _plain(found[0])
        return Value(text, quoted, found[0].start_pos or 0)

    def comparison(self, found: list[Any]) -> Comparison:
        name, operator, value = found
        return Comparison(name, str(operator), (value,), name.at)  # type: ignore[arg-type]  # OPERATOR spells them

    def membership(self, found: list[Any]) -> Comparison:
        name, *values = found
        return Comparison(name, "in", tuple(values), name.at)

    def negation(self, found: list[Any]) -> Not:
        return Not(found[0])

    def conjunction(self, found: list[Any]) -> And:
        return And(tuple(found))

    def disjunction(self, found: list[Any]) -> Or:
        return Or(tuple(found))
