"""What an engine promises, held by chDB: typed rows, limits of time and memory, errors that say whose fault it is."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from telemetry.engine.embedded import Connection, EmbeddedEngine, open_embedded
from telemetry.engine.engine import Away, Engine, EngineError, Refused, Signal
from telemetry.engine.failure import CANCELLED, TIME_LIMIT
from tests.build import T0, load, record, resource, span, traces, varint, write_segment

ENDLESS = "SELECT count() FROM numbers_mt(1000000000000) WHERE NOT ignore(cityHash64(number))"


def test_it_keeps_the_promise(bare_engine: EmbeddedEngine) -> None:
    promised: Engine = bare_engine
    assert promised.query("SELECT number, toString(number) AS text FROM numbers(2)") == [
        {"number": 0, "text": "0"},
        {"number": 1, "text": "1"},
    ]
    assert promised.query("SELECT 1 AS one WHERE false") == []


def test_answers_have_their_types(bare_engine: EmbeddedEngine) -> None:
    sql = """SELECT toUInt64(18446744073709551615) AS id, nan AS nothing, 1.5 AS half,
        toFloat64(2) AS two, CAST(1, 'Nullable(Float32)') AS one, [1, 2] AS list,
        map('a', 1) AS named, unhex('ff00') AS bytes, hex(unhex('ff00')) AS exact, true AS yes,
        toDateTime('2026-09-21 10:00:00', 'UTC') AS at"""
    assert bare_engine.query(sql) == [
        {
            "id": 2**64 - 1,
            "nothing": None,
            "half": 1.5,
            "two": 2.0,
            "one": 1.0,
            "list": [1, 2],
            "named": {"a": 1},
            "bytes": "\ufffd\0",
            "exact": "FF00",
            "yes": True,
            "at": "2026-09-21 10:00:00",
        }
    ]
    assert {name for name, value in bare_engine.query(sql)[0].items() if isinstance(value, float)} == {
        "half",
        "two",
        "one",
    }


def test_databases_are_apart(engine_server: Path, bare_engine: EmbeddedEngine) -> None:
    bare_engine.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
    other = open_embedded(engine_server, "apart")
    try:
        with pytest.raises(EngineError) as error:
            other.query("SELECT * FROM t")
        assert error.value.code == 60
        assert other.size_bytes() == 0
    finally:
        other.execute("DROP DATABASE apart")
        other.close()


def test_size_is_that_of_its_parts(bare_engine: EmbeddedEngine) -> None:
    bare_engine.execute("CREATE TABLE t (a UInt64 CODEC(NONE)) ENGINE = MergeTree ORDER BY a")
    bare_engine.execute("INSERT INTO t SELECT number FROM numbers(10000)")
    assert bare_engine.size_bytes() > 80_000


def test_a_query_ends_at_its_time_limit(bare_engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError) as error:
        bare_engine.query(ENDLESS, timeout_s=0.2)
    assert error.value.code == TIME_LIMIT
    with pytest.raises(EngineError) as error:
        bare_engine.execute(f"CREATE TABLE t ENGINE = Memory AS {ENDLESS}", timeout_s=0.2)
    assert error.value.code == TIME_LIMIT
    assert bare_engine.query("SELECT 1 AS one") == [{"one": 1}], "the connection is still good"


def test_a_query_can_be_cancelled(bare_engine: EmbeddedEngine) -> None:
    failed: list[EngineError] = []

    def ask() -> None:
        try:
            bare_engine.query(ENDLESS, timeout_s=120, query_id="it's mine")
        except EngineError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    wait_for(lambda: running(bare_engine, "it's mine") == 1)
    bare_engine.cancel("nobody's")
    assert running(bare_engine, "it's mine") == 1
    bare_engine.cancel("it's mine")
    asking.join()
    assert [error.code for error in failed] == [CANCELLED]
    assert bare_engine.query("SELECT 1 AS one", query_id="it's mine") == [{"one": 1}]


def running(engine: EmbeddedEngine, query_id: str) -> int:
    sql = "SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] = {id:String}"
    return int(engine.query(sql, {"id": query_id})[0]["n"])


def wait_for(holds: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if holds():
            return
    raise AssertionError("never came to hold")


def test_one_question_cannot_take_all_memory(bare_engine: EmbeddedEngine) -> None:
    with pytest.raises(Away) as error:
        bare_engine.query("SELECT length(groupArray(number)) FROM numbers(200000000)")
    assert error.value.code == 241


def test_nothing_of_a_failed_answer_comes_with_the_next(engine_server: Path) -> None:
    """chDB puts what a failed query had written before the next answer of the connection."""
    connection = Connection(str(engine_server), "held", {"max_memory_usage": 100_000_000})
    try:
        for output in ("JSONCompact", "JSONEachRow", "TabSeparatedWithNames"):
            clean = connection.run("SELECT 'b' AS b", output=output)
            with pytest.raises(Away):
                connection.run("SELECT length(groupArray(number)) AS a FROM numbers(200000000)", output=output)
            after = connection.run("SELECT 'b' AS b", output=output)
            assert b'"a"' not in after
            assert len(after.splitlines()) == len(clean.splitlines())
    finally:
        connection.close()


def test_all_together_stay_within_the_cap(tmp_path: Path) -> None:
    """In a process of its own: the cap is the process's, and belongs to whoever opens first."""
    code = f"""
from pathlib import Path
from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Away
engine = open_embedded(Path({str(tmp_path)!r}), memory_bytes=600_000_000)
engine.execute("CREATE TABLE t (a Array(UInt64)) ENGINE = Memory")
try:
    engine.execute("INSERT INTO t SELECT groupArray(number) FROM numbers(100000000)")
except Away as error:
    print(error.code, engine.query("SELECT 1 AS one")[0]["one"])
engine.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("241 1\n", "")


def test_another_process_is_told_that_the_directory_is_taken(engine_server: Path) -> None:
    code = f"""
from pathlib import Path
from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Away
try:
    open_embedded(Path({str(engine_server)!r}))
except Away as error:
    print("another process holds it" in str(error))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_chdb_is_loaded_only_when_opened() -> None:
    code = "import sys, telemetry.engine.embedded, telemetry.engine.migrate; print('chdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_engine_lives_in_utc(bare_engine: EmbeddedEngine) -> None:
    """Whatever the zone of the machine (`make test` sets another)."""
    sql = "SELECT toUnixTimestamp(toDateTime('2026-09-21 10:00:00')) AS at, timezone() AS zone"
    assert bare_engine.query(sql) == [{"at": T0.timestamp(), "zone": "UTC"}]


def test_a_closed_engine_says_so(engine_server: Path) -> None:
    engine = open_embedded(engine_server, "closed")
    engine.execute("DROP DATABASE closed")
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.query("SELECT 1")


def test_bad_sql_is_nobodys_data(bare_engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError) as error:
        bare_engine.query("SELECT nosuch")
    assert error.value.code == 47
    assert not isinstance(error.value, Refused | Away)


def test_names_of_databases_and_tables_are_names(engine_server: Path, bare_engine: EmbeddedEngine) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        open_embedded(engine_server, "a; DROP DATABASE held")
    with pytest.raises(ValueError, match="question mark"):
        open_embedded(engine_server / "what?")
    with pytest.raises(EngineError, match="no table"):
        bare_engine.insert_rows("t SELECT 1; --", [{"a": 1}])


def field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def with_value(value: bytes) -> bytes:
    """A record with one span whose one attribute has these bytes for a value: what upb accepts and would mend."""
    attribute = field(9, field(1, b"key") + field(2, value))
    return record(field(1, field(2, field(2, span().SerializeToString() + attribute))))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\x0a\xff\x01truncated", id="a length beyond the end"),
        pytest.param(with_value(field(1, b"text") + varint(3 << 3) + b"\5"), id="a oneof set twice, code 36"),
        pytest.param(with_value(varint(77 << 3 | 3) + b"\x08\x05" + varint(77 << 3 | 4)), id="a group, code 444"),
    ],
)
def test_bad_data_is_refused(engine: EmbeddedEngine, tmp_path: Path, body: bytes) -> None:
    path = write_segment(tmp_path / "bad.seg", [body])
    with pytest.raises(Refused):
        engine.insert(Signal.TRACES, path, "bad")


def test_a_missing_file_is_no_refusal(engine: EmbeddedEngine, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as error:
        engine.insert(Signal.TRACES, tmp_path / "gone.seg", "gone")
    assert not isinstance(error.value, Refused)


def test_the_working_directory_stays_as_it_is(
    engine: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be read-only, or somebody's home."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    load(engine, tmp_path, traces(resource("cart"), span()))
    assert list(here.iterdir()) == []


def test_a_path_may_hold_a_quote(engine: EmbeddedEngine, tmp_path: Path) -> None:
    folder = tmp_path / "it's"
    folder.mkdir()
    load(engine, folder, traces(resource("cart"), span()))
    assert engine.query("SELECT count() AS n FROM spans") == [{"n": 1}]


def test_reads_go_on_beside_a_load_and_work(bare_engine: EmbeddedEngine) -> None:
    """Each purpose has its own connection: a statement at work does not hold up a question."""
    working = threading.Thread(target=work_long, args=(bare_engine,))
    working.start()
    wait_for(lambda: running_work(bare_engine) == 1)
    assert bare_engine.query("SELECT 1 AS one") == [{"one": 1}]
    assert running_work(bare_engine) == 1
    bare_engine.query("KILL QUERY WHERE query LIKE '%work_long%' AND query NOT LIKE '%KILL%' SYNC")
    working.join()


def work_long(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError):
        engine.execute(f"CREATE TABLE work_long ENGINE = Memory AS {ENDLESS}")


def running_work(engine: EmbeddedEngine) -> int:
    sql = "SELECT count() AS n FROM system.processes WHERE query LIKE 'CREATE TABLE work_long%'"
    return int(engine.query(sql)[0]["n"])
