"""What may come at a place in an expression that is being written, and how what stands there begins."""

import re
from dataclasses import dataclass
from typing import Literal

from lark import Token, UnexpectedInput
from lark.exceptions import VisitError

from telemetry.expression.parse import LONGEST, grammar
from telemetry.expression.tree import Name

Kind = Literal["field", "operator", "value", "word"]

_OPEN_QUOTE = re.compile(r'"(?:[^"\\]|\\.)*$', re.DOTALL)
_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LAST = (
    (re.compile(r'(?:->|[^\s()",<>])*$'), "WORD"),
    (re.compile(r'[^\s()",=<>!~]*$'), ""),
    (re.compile(r"[=<>!~]+$"), "OPERATOR"),
)
_KINDS: dict[str, Kind] = {"FIELD": "field", "OPERATOR": "operator", "WORD": "value", "_AND": "word"}
_WORDS = {"_AND": "and", "_OR": "or", "_NOT": "not", "_LPAR": "(", "_RPAR": ")", "_COMMA": ",", "_IN": "in"}


@dataclass(frozen=True, slots=True)
class Expecting:
    """`kinds` of what may stand from `since` on, where `prefix` stands now; `words`: those of the language itself;
    `field`: whose value is written. No kinds: what stands before is no expression."""

    kinds: tuple[Kind, ...]
    words: tuple[str, ...]
    prefix: str
    since: int
    field: Name | None = None


def expecting(text: str, at: int) -> Expecting:
    """What may come at `at` (characters from the start of `text`, which may go on after it)."""
    head = text[: min(at, LONGEST)]
    for since, prefix, only in _begins(head):
        before = _read(head[:since])
        if before is None or (only and only not in before[1]):
            continue
        tokens, accepted = before
        kinds = tuple(kind for terminal, kind in _KINDS.items() if terminal in accepted)
        words = tuple(word for terminal, word in _WORDS.items() if terminal in accepted)
        if kinds or words:
            return Expecting(kinds, words, prefix, since, _valued(tokens) if "value" in kinds else None)
    return Expecting((), (), "", len(head))


def _begins(head: str) -> list[tuple[int, str, str]]:
    """Where the word at the end of `head` may begin, how it begins, and which terminal it must then be: the likeliest
    first. A value goes on over characters that end a field."""
    quote = _OPEN_QUOTE.search(_QUOTES.sub(lambda whole: "x" * len(whole[0]), head))
    if quote is not None:
        return [(quote.start(), head[quote.start() + 1 :], "")]
    found = [(pattern.search(head), only) for pattern, only in _LAST]
    return [(match.start(), match[0], only) for match, only in found if match is not None]


def _read(head: str) -> tuple[list[Token], set[str]] | None:
    parser = grammar().parse_interactive(head)
    try:
        tokens = list(parser.exhaust_lexer())
    except (UnexpectedInput, VisitError):
        return None
    return tokens, set(parser.accepts())  # type: ignore[no-untyped-call]


def _valued(tokens: list[Token]) -> Name | None:
    """The field that the last operator stands behind."""
    for before, token in zip(reversed(tokens[:-1]), reversed(tokens[1:]), strict=True):
        if token.type in ("OPERATOR", "_IN"):
            quoted = before.type == "QUOTED"
            return Name(before[1:-1] if quoted else str(before), quoted)
    return None
