"""Conditions select what the expression says, as a test in memory does; whatever is written stays data."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.expression.fields import KINDS, ORDER, SPANS, of_span
from telemetry.expression.parse import Mistake, parse
from telemetry.expression.predicate import predicate
from telemetry.expression.sql import FAILED, Condition, condition, placed, renamed
from telemetry.expression.tree import And, Comparison, Expression, Name, Not, Or, Value
from tests.telemetry.expression.expressions import NASTY, texts, trees


def NOBODY(where: Condition) -> list[int]:
    """No resource has what is looked for."""
    return []


LONG = "99999999999h"
OURS = st.builds(
    lambda name, operator, value: Comparison(Name(name), operator, (value,)),
    st.sampled_from(tuple(SPANS)),
    st.sampled_from(("=", "!=", "~", "<", ">=")),
    st.one_of(
        st.builds(Value, texts, st.just(True)),
        st.sampled_from([Value(v) for v in ("error", "ok", "client", "5ms", "shop/web->shop/cart", "-1h", LONG)]),
    ),
)  # fmt: skip


def harmless(tree: Expression) -> Expression:
    """The same shape with names and values that could hurt nobody."""
    if isinstance(tree, Not):
        return Not(harmless(tree.part))
    if not isinstance(tree, Comparison):
        return type(tree)(tuple(harmless(part) for part in tree.parts))
    if of_span(tree.name) is not None:
        return tree
    number = tree.operator in ORDER
    values = tuple(Value("5") if number else Value(value.text and "v", quoted=True) for value in tree.values)
    return Comparison(Name("n", quoted=True), tree.operator, values)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(trees, OURS))
def test_whatever_is_written_stays_data(engine: EmbeddedEngine, tree: Expression) -> None:
    """The condition's text is the same whatever attributes and values are called; the engine reads it."""
    try:
        where = condition(tree, NOBODY)
    except Mistake:
        return
    assert where.text == condition(harmless(tree), NOBODY).text
    sql = placed("SELECT count() AS n FROM spans WHERE $MATCH", where).replace("$NEAR", "1")
    (row,) = engine.query(sql, where.params)
    assert row["n"] == 0


@pytest.mark.parametrize("nasty", NASTY)
def test_a_nasty_value_is_found_as_itself(engine: EmbeddedEngine, nasty: str) -> None:
    """As name and as value of an attribute: only the row that has it."""
    engine.execute(
        "INSERT INTO spans (bucket, span_id, attributes) VALUES ('2026-09-21 10:00:00', 1, {one:Map(String, String)}),"
        " ('2026-09-21 10:00:00', 2, map('x', 'y'))",
        {"one": {nasty: nasty}},
    )
    tree = Comparison(Name(nasty, quoted=True), "=", (Value(nasty, quoted=True),))
    where = condition(tree, NOBODY)
    sql = placed("SELECT span_id FROM spans WHERE $MATCH", where)
    assert [row["span_id"] for row in engine.query(sql, where.params)] == [1]
    where = condition(Not(tree), NOBODY)
    sql = placed("SELECT span_id FROM spans WHERE $MATCH", where)
    assert [row["span_id"] for row in engine.query(sql, where.params)] == [2]


ROWS: list[dict[str, str]] = [
    {}, {"a": ""}, {"a": "x"}, {"a": "x\ny"}, {"a": "5"}, {"a": "7.5", "b": "x"}, {"b": "GET", "n": "5"}, {"n": "-3"},
    {"n": "7.5", "a": "x"}, {"n": "1e3"}, {"n": "x"}, {"n": ""},
]  # fmt: skip
AGREED = st.recursive(
    st.builds(
        lambda name, operator, value: Comparison(Name(name), operator, (Value(value),)),
        st.sampled_from(("a", "b")),
        st.sampled_from(("=", "!=", "~", "!~")),
        st.sampled_from(("x", "x.y", "GET", "^x$", "[0-9]", "x|G")),
    )
    | st.builds(
        lambda operator, value: Comparison(Name("n"), operator, (Value(value),)),
        st.sampled_from(("<", "<=", ">", ">=")),
        st.sampled_from(("5", "7.5", "0.005k", "500%", "5ms")),
    ),
    lambda part: st.builds(Not, part) | st.builds(Or, st.tuples(part, part)) | st.builds(And, st.tuples(part, part)),
    max_leaves=4,
)  # fmt: skip


def number(row: dict[str, str]) -> float | None:
    try:
        return float(row["n"])
    except (KeyError, ValueError):
        return None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(AGREED)
def test_the_engine_and_a_test_in_memory_agree(engine: EmbeddedEngine, tree: Expression) -> None:
    test = predicate(tree, {"a": lambda row: row.get("a"), "b": lambda row: row.get("b"), "n": number})
    where = condition(tree, NOBODY)
    names = [f"r{index}" for index in range(len(ROWS))]
    rows = " UNION ALL ".join(f"SELECT '{name}' AS row, {{{name}:Map(String, String)}} AS attributes" for name in names)
    sql = placed(f"SELECT row FROM ({rows}) AS spans WHERE $MATCH", where)
    found = {row["row"] for row in engine.query(sql, where.params | dict(zip(names, ROWS, strict=True)))}
    assert found == {name for name, row in zip(names, ROWS, strict=True) if test(row)}


@pytest.mark.parametrize(
    ("written", "at", "said"),
    [
        ("service < cart", 0, "one of != !~ = in ~ after service, found '<'"),
        ("a = b and status = bad", 19, "error or ok, found 'bad'"),
        ("kind in (server, serving)", 17, f"one of {', '.join(KINDS)}, found 'serving'"),
        ("duration > 300", 11, "a duration with its unit, like 300ms or 1.5s, found '300'"),
        ("duration > 5%", 11, "a duration with its unit, like 300ms or 1.5s, found '5%'"),
        ("edge = cart", 7, "two ids, like shop/web→shop/cart, found 'cart'"),
        ("size > big", 7, "a number after >, found 'big'"),
        ('a ~ "(b"', 4, "a regular expression (RE2), found '(b': missing ): (b"),
        ("a ~ \"(?=b)\"", 4, "a regular expression (RE2), found '(?=b)': invalid perl operator: (?="),
    ],
)  # fmt: skip
def test_what_can_mean_nothing_is_a_mistake(written: str, at: int, said: str) -> None:
    with pytest.raises(Mistake) as caught:
        condition(parse(written), NOBODY)
    assert caught.value.at == at
    assert str(caught.value) == f"position {at + 1}: expected {said}"


def test_two_conditions_stand_in_one_statement() -> None:
    first, other = condition(parse("a = b"), NOBODY), renamed(condition(parse("a = c"), NOBODY), "x_")
    assert first.text == "attributes[{p0:String}] = {p1:String}"
    assert other.text == "attributes[{x_p0:String}] = {x_p1:String}"
    assert other.params == {"x_p0": "a", "x_p1": "c"}


def test_a_span_failed_by_its_status_or_its_class(engine: EmbeddedEngine) -> None:
    """The cheap form of FAILED says what the classes say, for every code, gRPC status, flag, status and side."""
    flags = ["", "UH", "UF,URX", "URX", "DC", "DR,UT", "RL", "UAEX", "NR", "FI", "DPE", "nobody"]
    (row,) = engine.query(
        f"""SELECT count() AS n, countIf(cheap != whole) AS differ, countIf(whole) AS failed FROM (
          SELECT {FAILED} AS cheap,
            meshui_class(code, grpc, flags, status, role != 'out') = 'error' OR status = 2 AS whole
          FROM (SELECT arrayJoin([0, 200, 302, 400, 401, 404, 429, 499, 500, 503, 599]) AS code) AS c
          CROSS JOIN (SELECT toInt16(number - 1) AS grpc FROM numbers(20)) AS g
          CROSS JOIN (SELECT arrayJoin({{flags:Array(String)}}) AS flags) AS f
          CROSS JOIN (SELECT arrayJoin([0, 1, 2]) AS status) AS s
          CROSS JOIN (SELECT arrayJoin(['in', 'out']) AS role) AS r)""",
        {"flags": flags},
    )
    assert row["n"] == 11 * 20 * len(flags) * 3 * 2
    assert row["differ"] == 0
    assert 0 < row["failed"] < row["n"]
