"""What the engine holds of one segment: is it marked loaded, how many rows does each table have, delete them."""

from datetime import datetime

from telemetry.engine.engine import Engine
from telemetry.spool.sealed import Segment

_TARGETS = """
SELECT c.table AS name
FROM system.columns AS c INNER JOIN system.tables AS t ON c.database = t.database AND c.table = t.name
WHERE c.database = currentDatabase() AND c.name IN ('spool', 'segment') AND t.engine LIKE '%MergeTree'
  AND c.table NOT IN ('loaded', 'refreshed')
GROUP BY c.table HAVING count() = 2 ORDER BY c.table
"""
_LOADED = "SELECT count() AS n FROM loaded WHERE spool = {spool:UInt64} AND segment = {segment:UInt64}"
_ROWS = "SELECT count() AS n FROM `{table}` WHERE spool = {{spool:UInt64}} AND segment = {{segment:UInt64}}"
_DELETE = "DELETE FROM `{table}` WHERE spool = {{spool:UInt64}} AND segment = {{segment:UInt64}}"
DELETE_TIMEOUT_S = 600.0

Rows = dict[str, int]


class Targets:
    """Every table whose rows say which segment they came from. Asked of the engine once, when first needed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._names: list[str] | None = None

    def names(self) -> list[str]:
        if self._names is None:
            self._names = [row["name"] for row in self._engine.query(_TARGETS)]
        return self._names

    def is_loaded(self, segment: Segment) -> bool:
        """Only `loaded` knows: a target may hold half a segment, so that having rows proves nothing."""
        return bool(self._engine.query(_LOADED, _key(segment))[0]["n"])

    def rows(self, segment: Segment) -> Rows:
        """How many rows of a segment each target has; tables without any are left out."""
        found: Rows = {}
        for table in self.names():
            rows = int(self._engine.query(_ROWS.format(table=table), _key(segment))[0]["n"])
            if rows:
                found[table] = rows
        return found

    def delete(self, segment: Segment) -> None:
        """Take every row of a segment out of every target; repeating it changes nothing."""
        for table in self.rows(segment):
            self._engine.execute(_DELETE.format(table=table), _key(segment), timeout_s=DELETE_TIMEOUT_S)

    def mark_loaded(self, segment: Segment, at: datetime) -> None:
        self._engine.insert_rows("loaded", [{"spool": segment.spool, "segment": segment.number, "at": at}])


def _key(segment: Segment) -> dict[str, int]:
    return {"spool": segment.spool, "segment": segment.number}
