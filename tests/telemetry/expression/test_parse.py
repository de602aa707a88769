"""Text, tree and text again; what a mistake says; what may come next."""

import pytest
from hypothesis import given

from telemetry.expression.complete import expecting
from telemetry.expression.parse import DEEPEST, LONGEST, Mistake, parse
from telemetry.expression.tree import And, Comparison, Expression, Name, Not, Number, Or, Value, depth, text
from tests.telemetry.expression.expressions import trees


def one(name: str, operator: str, *values: str) -> Comparison:
    return Comparison(Name(name), operator, tuple(Value(value) for value in values))  # type: ignore[arg-type]


@given(trees)
def test_what_is_written_is_read_again(tree: Expression) -> None:
    assert parse(text(tree)) == tree


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("service=cart", one("service", "=", "cart")),
        ("a  !~\n^/x.*$", one("a", "!~", "^/x.*$")),
        ("a in (1,b , c)", one("a", "in", "1", "b", "c")),
        ("a=1 and b=2 and c=3", And((one("a", "=", "1"), one("b", "=", "2"), one("c", "=", "3")))),
        ("a=1 or b=2 and c=3", Or((one("a", "=", "1"), And((one("b", "=", "2"), one("c", "=", "3")))))),
        ("(a=1 or b=2) AND c=3", And((Or((one("a", "=", "1"), one("b", "=", "2"))), one("c", "=", "3")))),
        ("Not a=1 and b=2", And((Not(one("a", "=", "1")), one("b", "=", "2")))),
        ("((a=1))", one("a", "=", "1")),
        ("android = inner", one("android", "=", "inner")),
        ("url = /x?a=b!c~d", one("url", "=", "/x?a=b!c~d")),
        ("edge = a/b->c/d", one("edge", "=", "a/b->c/d")),
        ("duration>=300ms", one("duration", ">=", "300ms")),
        (
            r'"a b" = "\d+ \"x\" \\"',
            Comparison(Name("a b", quoted=True), "=", (Value(r'\d+ "x" ' + "\\", quoted=True),)),
        ),
    ],
)  # fmt: skip
def test_precedence_and_words(written: str, tree: Expression) -> None:
    assert parse(written) == tree


@pytest.mark.parametrize(
    ("written", "at", "said"),
    [
        ("", 0, "expected a field, like service or http.route, not or an opening parenthesis, found the end"),
        ("service", 7, "expected an operator: = != < <= > >= ~ !~ or in, found the end"),
        ("service =", 9, "expected a value, found the end"),
        ("service = and b = 2", 10, "expected a value, found 'and'"),
        ("service = cart cart", 15, "expected and, or or the end, found 'cart'"),
        ("(a = b", 6, "expected a closing parenthesis, found the end"),
        ("a in (b", 7, "expected a closing parenthesis or a comma, found the end"),
        ("a in b", 5, "expected an opening parenthesis, found 'b'"),
        ('a = "x', 4, 'expected a " that ends what begins here'),
        ("a = b)", 5, "expected the end, found ')'"),
        ("a == b", 3, "expected a value, found '='"),
        ("a = b<3", 5, "expected and, or or the end, found '<3'"),
        ("x" * (LONGEST + 1), LONGEST, f"expected at most {LONGEST:,} characters"),
        ("not " * DEEPEST + "a=b", 0, f"expected at most {DEEPEST} parts within each other"),
    ],
)
def test_a_mistake_says_where_and_what(written: str, at: int, said: str) -> None:
    with pytest.raises(Mistake) as caught:
        parse(written)
    assert caught.value.at == at
    assert str(caught.value) == f"position {at + 1}: {said}"


def test_depth_is_bounded_not_what_a_person_writes() -> None:
    assert depth(parse("not " * (DEEPEST - 1) + "a=b")) == DEEPEST
    assert depth(parse("(" * 500 + "a=b" + ")" * 500)) == 1


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("5", Number(5, False, False)),
        ("-1.5", Number(-1.5, False, False)),
        ("300ms", Number(300, True, True)),
        ("1.5s", Number(1500, True, True)),
        ("2m", Number(120_000, True, True)),
        ("1h", Number(3_600_000, True, True)),
        ("5%", Number(0.05, False, True)),
        ("10k", Number(10_000, False, True)),
        ("2M", Number(2_000_000, False, True)),
        ("5x", None),
        ("ms", None),
        ("1٣", None),
    ],
)
def test_numbers(written: str, number: Number | None) -> None:
    assert Value(written).number == number
    assert Value(written, quoted=True).number is None


@pytest.mark.parametrize(
    ("written", "kinds", "words", "prefix", "since"),
    [
        ("", ("field",), ("not", "("), "", 0),
        ("ser", ("field",), ("not", "("), "ser", 0),
        ("service ", ("operator",), ("in",), "", 8),
        ("service !", ("operator",), ("in",), "!", 8),
        ("service=ca", ("value",), (), "ca", 8),
        ('http.route = "GET /ca', ("value",), (), "GET /ca", 13),
        ("a = b=c", ("value",), (), "b=c", 4),
        ("edge = a/b->c", ("value",), (), "a/b->c", 7),
        ("a in (x, y", ("value",), (), "y", 9),
        ("a in (x ", (), (")", ","), "", 8),
        ("a = b an", ("word",), ("and", "or"), "an", 6),
        ("(a = b ", ("word",), ("and", "or", ")"), "", 7),
        ("a = b ) ", (), (), "", 8),
    ],
)
def test_what_may_come(written: str, kinds: tuple[str, ...], words: tuple[str, ...], prefix: str, since: int) -> None:
    found = expecting(written + " = rest", len(written))
    assert (found.kinds, found.words, found.prefix, found.since) == (kinds, words, prefix, since)


def test_a_value_belongs_to_its_field() -> None:
    assert expecting("a = b and c in (d, ", 19).field == Name("c")
    assert expecting('"my field" = ', 13).field == Name("my field", quoted=True)
