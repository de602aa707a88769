"""Brings a database to today's tables: numbered .sql files, applied in order, each recorded once it is whole.

A crash inside a file repeats that file, so every statement in it must be repeatable (IF NOT EXISTS, OR REPLACE)."""

from pathlib import Path

from telemetry.engine import statement
from telemetry.engine.engine import Engine

MIGRATIONS = Path(__file__).parent / "migrations"
_RECORD = (
    "CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String) ENGINE = MergeTree ORDER BY number"
    " SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)


def migrate(engine: Engine, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing; answers the names applied now, in order. Raises EngineError naming file and statement."""
    engine.execute(_RECORD)
    done = {row["number"]: row["name"] for row in engine.query("SELECT number, name FROM migrations")}
    applied = []
    for path in files(folder):
        number = int(path.name[:4])
        if number in done:
            continue
        for sql in statement.statements(statement.read(path)):
            try:
                engine.execute(sql)
            except Exception as error:
                error.add_note(f"in {path.name}: {sql.splitlines()[0]}")
                raise
        engine.insert_rows("migrations", [{"number": number, "name": path.name}])
        applied.append(path.name)
    return applied


def files(folder: Path = MIGRATIONS) -> list[Path]:
    """`0001_name.sql` … in order. Raises ValueError for two files with one number."""
    found = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    numbers = [path.name[:4] for path in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"Two migrations share a number in {folder}")
    return found
