"""Brings a database to today's tables: numbered .sql files, applied in order, each recorded once it is whole.

A crash inside a file repeats that file, so every statement in it must be repeatable (IF NOT EXISTS, OR REPLACE).
Tables that keep rows only go forward. What keeps none (views, functions, tables of ENGINE = Null or Memory) may be
changed where it stands: all of it is made anew when its text is not what the database was made from."""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from telemetry.engine import statement
from telemetry.engine.engine import Engine

MIGRATIONS = Path(__file__).parent / "migrations"
_RECORD = (
    "CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String) ENGINE = MergeTree ORDER BY number"
    " SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)
_RECORD_OF_TEXT = (
    "CREATE TABLE IF NOT EXISTS migrations_text (digest String) ENGINE = MergeTree ORDER BY digest"
    " SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)
_KEEPS_NOTHING = re.compile(
    r"CREATE (?:OR REPLACE (?:FUNCTION|VIEW)|MATERIALIZED VIEW IF NOT EXISTS"
    r"|TABLE IF NOT EXISTS(?=.* ENGINE = (?:Null|Memory)$)) (\w+)",
    re.DOTALL,
)
_DROPPED = re.compile(r"DROP (?:VIEW|TABLE) IF EXISTS (\w+)")


def migrate(engine: Engine, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing; answers the names applied now, in order. Raises EngineError naming file and statement."""
    for record in (_RECORD, _RECORD_OF_TEXT):
        engine.execute(record)
    done = {row["number"]: row["name"] for row in engine.query("SELECT number, name FROM migrations")}
    applied = []
    for path in files(folder):
        number = int(path.name[:4])
        if number in done:
            continue
        for sql in statement.statements(statement.read(path)):
            _run(engine, sql, path.name)
        engine.insert_rows("migrations", [{"number": number, "name": path.name}])
        applied.append(path.name)
    _renew(engine, keeps_nothing(folder), first=not done)
    return applied


def files(folder: Path = MIGRATIONS) -> list[Path]:
    """`0001_name.sql` … in order. Raises ValueError for two files with one number."""
    found = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    numbers = [path.name[:4] for path in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"Two migrations share a number in {folder}")
    return found


def keeps_nothing(folder: Path = MIGRATIONS) -> dict[str, str]:
    """The last text of each view, function and table that keeps no rows, by name, in the order they are made in."""
    made: dict[str, str] = {}
    for path in files(folder):
        for sql in statement.statements(statement.read(path)):
            gone = _DROPPED.match(sql)
            if gone:
                made.pop(gone[1], None)
            found = _KEEPS_NOTHING.match(sql)
            if found:
                made.pop(found[1], None)
                made[found[1]] = sql
    return made


def _renew(engine: Engine, made: Mapping[str, str], *, first: bool) -> None:
    """Make all of it anew unless it was made from this text; `first`: it has just been."""
    digest = sha256("\n".join(made.values()).encode()).hexdigest()
    if [row["digest"] for row in engine.query("SELECT digest FROM migrations_text")] == [digest]:
        return
    if not first:
        for name, sql in reversed(list(made.items())):
            # What is replaced needs no dropping.
            if not sql.startswith("CREATE OR REPLACE"):
                engine.execute(f"DROP TABLE IF EXISTS {name} SYNC")
        for name, sql in made.items():
            _run(engine, sql, name)
    engine.execute("TRUNCATE TABLE migrations_text")
    engine.insert_rows("migrations_text", [{"digest": digest}])


def _run(engine: Engine, sql: str, of: str) -> None:
    try:
        engine.execute(sql)
    except Exception as error:
        error.add_note(f"in {of}: {sql.splitlines()[0]}")
        raise
