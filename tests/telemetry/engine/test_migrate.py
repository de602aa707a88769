"""Migrations apply in order, once, and again after a crash in the middle."""

from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import EngineError
from telemetry.engine.migrate import files, migrate
from telemetry.engine.statement import read, statements


def test_all_apply_once_and_are_recorded(bare_engine: EmbeddedEngine) -> None:
    names = [path.name for path in files()]
    assert migrate(bare_engine) == names
    assert migrate(bare_engine) == []
    assert [row["name"] for row in bare_engine.query("SELECT name FROM migrations ORDER BY number")] == names


def test_every_statement_can_be_repeated(engine: EmbeddedEngine) -> None:
    """What a crash between a file's last statement and its record leaves to be done again."""
    before = tables(engine)
    for path in files():
        for sql in statements(read(path)):
            engine.execute(sql)
    assert tables(engine) == before


def tables(engine: EmbeddedEngine) -> list[dict[str, object]]:
    return engine.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name"
    )


def test_a_failing_file_is_repeated_from_its_start(bare_engine: EmbeddedEngine, tmp_path: Path) -> None:
    first, second = tmp_path / "0001_one.sql", tmp_path / "0002_two.sql"
    table = "CREATE TABLE IF NOT EXISTS {} (a UInt8) ENGINE = MergeTree ORDER BY a;\n"
    first.write_text(table.format("one"))
    second.write_text(table.format("two") + "SELECT throwIf(true);\n")
    with pytest.raises(EngineError) as error:
        migrate(bare_engine, tmp_path)
    assert error.value.__notes__ == ["in 0002_two.sql: SELECT throwIf(true)"]
    read.cache_clear()
    second.write_text(table.format("two") + table.format("three"))
    assert migrate(bare_engine, tmp_path) == ["0002_two.sql"]
    assert {"one", "two", "three"} <= {row["name"] for row in bare_engine.query("SHOW TABLES")}


def test_what_keeps_no_rows_is_made_anew_when_its_text_changes(bare_engine: EmbeddedEngine, tmp_path: Path) -> None:
    (tmp_path / "0001_table.sql").write_text(
        "CREATE TABLE IF NOT EXISTS kept (a UInt8) ENGINE = MergeTree ORDER BY a;\n"
    )
    views = tmp_path / "0002_views.sql"
    text = (
        "CREATE TABLE IF NOT EXISTS passing (a UInt8{more}) ENGINE = Null;\n"
        "CREATE MATERIALIZED VIEW IF NOT EXISTS mv_kept TO kept AS SELECT a + {add} AS a FROM passing;\n"
    )
    for add, more in ((1, ""), (1, ""), (10, ", b UInt8")):
        read.cache_clear()
        views.write_text(text.format(add=add, more=more))
        migrate(bare_engine, tmp_path)
        bare_engine.execute("INSERT INTO passing (a) VALUES (1)")
    assert [row["a"] for row in bare_engine.query("SELECT a FROM kept ORDER BY a")] == [2, 2, 11]


def test_all_that_keeps_no_rows_can_be_made_anew(engine: EmbeddedEngine) -> None:
    before = tables(engine)
    engine.execute("TRUNCATE TABLE migrations_text")
    assert migrate(engine) == []
    assert tables(engine) == before


def test_two_files_of_one_number_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").touch()
    (tmp_path / "0001_b.sql").touch()
    with pytest.raises(ValueError, match="share a number"):
        files(tmp_path)


def test_what_segments_fill_is_durable_and_deduplicated(engine: EmbeddedEngine) -> None:
    """Every target of a view under a landing table, views of views included."""
    sql = """SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
      AND name IN (SELECT extract(create_table_query, ' TO [^ .]+\\\\.([^ ]+) ') FROM system.tables
                   WHERE database = currentDatabase() AND engine = 'MaterializedView')"""
    targets = {row["name"]: row["engine_full"] for row in engine.query(sql)}
    assert {"spans", "points", "logs", "resources", "dirty"} <= set(targets)
    for name, how in targets.items():
        assert "non_replicated_deduplication_window = 10000" in how, name
        assert "fsync_after_insert = 1" in how, name
        assert "fsync_part_directory = 1" in how, name
