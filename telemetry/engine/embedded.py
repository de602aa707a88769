"""ClickHouse as a library in this process (chDB). The only file that imports chdb, and only when an engine is opened:
a forked child that touches a loaded engine hangs for ever.

One process may open one directory. Several engines may be open in it at once, each with a database of its own; the
caps of the first one hold for all. What was measured: reference/engine.md section 5."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from telemetry.engine import landing, statement
from telemetry.engine.engine import Away, EngineError, Row, Signal
from telemetry.engine.failure import failure
from telemetry.engine.pool import Pool

MEMORY_BYTES = 1_200_000_000
READERS = 2
LOADERS = 2
_LOCKED = "The engine directory cannot be opened: another process holds it, or this process has another one open."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_FLOATS = frozenset(f(kind) for kind in ("Float64", "Float32") for f in ("{}".format, "Nullable({})".format))

_EVERY_CONNECTION = {
    "output_format_json_quote_64bit_integers": 0,
    "output_format_json_quote_denormals": 0,
    # A question about bytes that are no text still gets an answer; exact bytes go as hex().
    "output_format_json_validate_utf8": 1,
}


class Connection:
    """One chdb connection that remembers what it has set: a SET costs 0.2 ms, so it is sent only for a change."""

    def __init__(self, address: str, database: str, settings: Mapping[str, Any]) -> None:
        from chdb.state.sqlitelike import Connection as Chdb

        try:
            self._chdb = Chdb(address)
        except RuntimeError as error:
            raise Away(f"{_LOCKED} ({error})") from None
        self._set: dict[str, str] = {}
        self._failed = False
        self.run(f"USE {database}")
        self.set(_EVERY_CONNECTION | dict(settings))

    def set(self, settings: Mapping[str, Any]) -> None:
        """Session settings; values are SQL literals."""
        changed = {name: str(value) for name, value in settings.items() if self._set.get(name) != str(value)}
        if changed:
            self.run("SET " + ", ".join(f"{name} = {value}" for name, value in changed.items()))
            self._set.update(changed)

    def run(
        self, sql: str, params: Mapping[str, Any] | None = None, output: str = "Null", *, loading: bool = False
    ) -> bytes:
        """Run one statement; raises EngineError and its kin."""
        bound = statement.bind(params) if params else None
        if self._failed:
            self._drain()
        try:
            return bytes(self._chdb.query(sql, output, params=bound).bytes())
        except RuntimeError as error:
            self._failed = True
            raise failure(str(error), loading=loading) from None

    def _drain(self) -> None:
        # What a failed query had written so far comes before the next answer of its connection (chdb-core 26.9.0).
        for _ in range(3):
            if self._chdb.query("SELECT 1", "TabSeparated").bytes() == b"1\n":
                self._failed = False
                return
        raise Away("A connection still gives the remains of a failed query.")

    def close(self) -> None:
        self._chdb.close()


class EmbeddedEngine:
    """The Engine protocol over chDB. Loads, work and questions have connections of their own and never wait for each
    other. Work has two: what it keeps from one `execute` to the next lies in tables, not in a connection."""

    def __init__(self, address: str, database: str, memory_bytes: int) -> None:
        self._database = database
        reading = {
            "max_threads": 2,
            # One question may not take what loading needs; it fails alone.
            "max_memory_usage": memory_bytes // 3,
            "max_bytes_before_external_group_by": memory_bytes // 6,
            "max_bytes_before_external_sort": memory_bytes // 6,
        }
        self._loads = Pool(LOADERS, lambda: Connection(address, database, {}))
        self._work = Pool(2, lambda: Connection(address, database, {}))
        self._reads = Pool(READERS, lambda: Connection(address, database, reading))
        self._control = Pool(1, lambda: Connection(address, database, {}))

    def insert(self, signal: Signal, path: Path, token: str) -> None:
        with self._loads.take() as connection:
            connection.run(landing.insert_sql(signal, path, token), loading=True)

    def query(
        self, sql: str, params: Mapping[str, Any] | None = None, *, timeout_s: float = 30.0, query_id: str = ""
    ) -> list[Row]:
        with self._reads.take() as connection:
            connection.set({"max_execution_time": timeout_s, "log_comment": statement.quote(query_id)})
            answer = connection.run(sql, params, "JSONCompact")
        if not answer:
            return []
        return _rows(orjson.loads(answer))

    def execute(self, sql: str, params: Mapping[str, Any] | None = None, *, timeout_s: float = 60.0) -> None:
        with self._work.take() as connection:
            connection.set({"max_execution_time": timeout_s})
            connection.run(sql, params)

    def insert_rows(self, table: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if not _NAME.fullmatch(table):
            raise EngineError(f"{table!r} is no table of ours")
        lines = b"\n".join(orjson.dumps(_plain(row), option=orjson.OPT_UTC_Z) for row in rows).decode()
        with self._loads.take() as connection:
            connection.run(f"INSERT INTO {table} FORMAT JSONEachRow {lines}")

    def cancel(self, query_id: str) -> None:
        # chDB gives its own query ids; ours travels as the query's comment.
        with self._control.take() as connection:
            connection.run(
                "KILL QUERY WHERE query_id IN (SELECT query_id FROM system.processes"
                f" WHERE Settings['log_comment'] = {statement.quote(query_id)}) SYNC"
            )

    def size_bytes(self) -> int:
        sql = "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase()"
        return int(self.query(sql)[0]["bytes"])

    def close(self) -> None:
        for pool in (self._reads, self._loads, self._work, self._control):
            pool.close()


def _rows(document: dict[str, Any]) -> list[Row]:
    columns: list[list[Any]] = [list(column) for column in zip(*document["data"], strict=True)]
    for index, meta in enumerate(document["meta"][: len(columns)]):
        # JSON writes a float without a fraction as an integer.
        if meta["type"] in _FLOATS:
            columns[index] = [None if value is None else float(value) for value in columns[index]]
    names = [meta["name"] for meta in document["meta"]]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _plain(row: Row) -> Row:
    return {name: statement.time_text(value) if hasattr(value, "tzinfo") else value for name, value in row.items()}


def open_embedded(path: Path, database: str = "meshui", memory_bytes: int = MEMORY_BYTES) -> EmbeddedEngine:
    """Open (or make) the engine directory `path` and the database in it; tables come from migrate.migrate.

    Raises Away if another process holds the directory, ValueError for a name that cannot be."""
    if not _NAME.fullmatch(database):
        raise ValueError(f"{database!r} cannot be the name of a database")
    whole = path.absolute()
    if "?" in str(whole):
        raise ValueError(f"{whole} cannot hold the engine: chDB reads what follows a question mark as options")
    whole.mkdir(parents=True, exist_ok=True)
    caches = memory_bytes // 32
    address = (
        f"{whole}?max_server_memory_usage={memory_bytes}&session_timezone=UTC&mark_cache_size={caches}"
        f"&primary_index_cache_size={caches}&index_mark_cache_size={caches}&uncompressed_cache_size=0"
    )
    first = Connection(address, "default", {})
    try:
        first.run(f"CREATE DATABASE IF NOT EXISTS {database}")
        engine = EmbeddedEngine(address, database, memory_bytes)
        engine.size_bytes()
    finally:
        first.close()
    return engine
