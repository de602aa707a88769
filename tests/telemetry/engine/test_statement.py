"""Files become statements, values become parameters."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.statement import bind, statements
from tests.build import T0

KOLKATA = timezone(timedelta(hours=5, minutes=30))
NASTY = "a'b\\c\n\t\0\x01é\"`\r\b\f,]}){\\N -- ; /* \u2028\U0001f600"


def test_a_statement_ends_with_a_semicolon_at_the_end_of_a_line() -> None:
    assert statements("-- first\nSELECT ';' ;\n\nSELECT\n  -- why\n  2;\n") == ["SELECT ';' ", "SELECT\n  2"]


def test_a_last_statement_without_its_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="SELECT 2"):
        statements("SELECT 1;\nSELECT 2\n")


def test_let_names_text_and_the_longest_name_wins() -> None:
    sql = "-- let KV = (a, b)\n-- let KVS = Array($KV)\nSELECT $KVS, $KV;\n"
    assert statements(sql) == ["SELECT Array((a, b)), (a, b)"]


@pytest.mark.parametrize(
    ("value", "kind", "answer"),
    [
        pytest.param(NASTY, "String", NASTY, id="text of every trap"),
        pytest.param("\\N", "String", "\\N", id="text that looks like null"),
        pytest.param("", "String", "", id="empty text"),
        pytest.param(None, "Nullable(String)", None, id="null"),
        pytest.param([NASTY, "", "NULL"], "Array(String)", [NASTY, "", "NULL"], id="texts"),
        pytest.param([None, NASTY], "Array(Nullable(String))", [None, NASTY], id="null among texts"),
        pytest.param([], "Array(UInt64)", [], id="empty list"),
        pytest.param([(2**64 - 1, NASTY)], "Array(Tuple(UInt64, String))", [[2**64 - 1, NASTY]], id="pairs"),
        pytest.param({NASTY: NASTY}, "Map(String, String)", {NASTY: NASTY}, id="map"),
        pytest.param(2**64 - 1, "UInt64", 2**64 - 1, id="largest id"),
        pytest.param(-(2**63), "Int64", -(2**63), id="smallest integer"),
        pytest.param(0.1, "Float64", 0.1, id="float"),
        pytest.param(True, "Bool", True, id="bool"),
        pytest.param(T0, "DateTime('UTC')", "2026-09-21 10:00:00", id="time in whole seconds"),
        pytest.param(
            T0.astimezone(KOLKATA) + timedelta(microseconds=1),
            "DateTime64(9, 'UTC')",
            "2026-09-21 10:00:00.000001000",
            id="time of another zone",
        ),
        pytest.param([T0], "Array(DateTime64(9, 'UTC'))", ["2026-09-21 10:00:00.000000000"], id="times"),
        pytest.param(T0.date(), "Date", "2026-09-21", id="day"),
    ],
)
def test_a_parameter_arrives_as_it_was(bare_engine: EmbeddedEngine, value: Any, kind: str, answer: Any) -> None:
    assert bare_engine.query(f"SELECT {{value:{kind}}} AS answer", {"value": value}) == [{"answer": answer}]


def test_any_text_arrives_as_it_was(bare_engine: EmbeddedEngine) -> None:
    text = st.text(st.characters(exclude_categories=["Cs"]))

    @given(text, st.lists(text))
    def arrives(one: str, many: list[str]) -> None:
        sql = "SELECT {one:String} AS one, {many:Array(String)} AS many"
        assert bare_engine.query(sql, {"one": one, "many": many}) == [{"one": one, "many": many}]

    arrives()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        bind({"at": datetime(2026, 9, 21)})
    with pytest.raises(ValueError, match="no time zone"):
        bind({"at": [datetime(2026, 9, 21)]})


def test_bytes_are_refused() -> None:
    with pytest.raises(TypeError, match="hex"):
        bind({"id": b"\1"})


def test_times_of_rows_are_utc(bare_engine: EmbeddedEngine) -> None:
    bare_engine.execute("CREATE TABLE t (at DateTime64(3, 'UTC'), text String) ENGINE = MergeTree ORDER BY at")
    bare_engine.insert_rows("t", [{"at": T0.astimezone(KOLKATA), "text": NASTY}])
    assert bare_engine.query("SELECT * FROM t") == [{"at": "2026-09-21 10:00:00.000", "text": NASTY}]
