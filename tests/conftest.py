"""One real engine per test process (a process can open one directory), an empty database for each test that asks.

Tables are made once a session and emptied after each test: making them costs 300 ms of CPU, emptying them 15. A test
that changes what the tables are gets them made again for the next one."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine, open_embedded
from telemetry.engine.migrate import migrate

_databases = count(1)


@pytest.fixture(scope="session")
def engine_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of this process's engine, kept open. Open others with `open_embedded(engine_server, "name")`."""
    directory = tmp_path_factory.mktemp("engine")
    held = open_embedded(directory, "held")
    yield directory
    held.close()


@pytest.fixture
def bare_engine(engine_server: Path) -> Iterator[EmbeddedEngine]:
    """A database of the test's own, without tables; gone afterwards."""
    name = f"test_{next(_databases)}"
    engine = open_embedded(engine_server, name)
    yield engine
    engine.execute(f"DROP DATABASE {name} SYNC")
    engine.close()


@pytest.fixture
def engine(engine_server: Path, tables: "Tables") -> Iterator[EmbeddedEngine]:
    """An engine of the test's own (it may close it) on a database with every migration applied and not a row in it."""
    tables.ready()
    mine = open_embedded(engine_server, tables.database)
    yield mine
    mine.close()
    tables.clear()


@pytest.fixture(scope="session")
def tables(engine_server: Path) -> Iterator["Tables"]:
    """The migrated database that tests use one after another."""
    shared = Tables(engine_server)
    yield shared
    shared.drop()


class Tables:
    """A database with all tables: made when first needed, emptied between tests, made anew if a test has changed it."""

    database = "migrated"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._keeper: EmbeddedEngine | None = None
        self._made: object = None

    def ready(self) -> None:
        if self._keeper is None:
            self._keeper = open_embedded(self._directory, self.database)
            migrate(self._keeper)
            self._made = self._shape(self._keeper)

    def clear(self) -> None:
        """Truncating forgets deduplication tokens too."""
        if self._keeper is None:
            return
        if self._shape(self._keeper) != self._made:
            self.drop()
            return
        sql = """SELECT name FROM system.tables
            WHERE database = currentDatabase() AND total_rows > 0 AND name != 'migrations'"""
        for row in self._keeper.query(sql):
            self._keeper.execute(f"TRUNCATE TABLE {row['name']} SYNC")

    def drop(self) -> None:
        if self._keeper is not None:
            self._keeper.execute(f"DROP DATABASE {self.database} SYNC")
            self._keeper.close()
            self._keeper = None

    @staticmethod
    def _shape(engine: EmbeddedEngine) -> object:
        sql = """SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase()
            UNION ALL SELECT 'migrations', name FROM migrations ORDER BY ALL"""
        return engine.query(sql)
